package io.millrace.cluster.replica;

/// What was moved in the last eleven seconds, in samples of a second, as Kafka counts replication
/// (`replication.quota.window.num`, `replication.quota.window.size.seconds`).
///
/// Owned by: one caller at a time. Invariant: everything of the last eleven seconds is counted, and nothing that lies
/// two samples further back; so whoever moves one answer at a time, and none while the rate is exceeded, never moves
/// more in any eleven seconds than the rate allows and one answer.
public final class RateWindow {
    static final int SAMPLES = 11;
    static final long SAMPLE_MS = 1_000;

    /// One more, because the oldest sample lies partly before the window.
    private final long[] startsMs = new long[SAMPLES + 1];
    private final long[] bytes = new long[SAMPLES + 1];
    private int oldest;
    private int count;

    public void record(long moved, long nowMs) {
        if (moved <= 0) {
            return; // nothing began
        }
        forget(nowMs);
        int latest = (oldest + count - 1 + bytes.length) % bytes.length;
        if (count == 0 || nowMs - startsMs[latest] >= SAMPLE_MS) {
            latest = (oldest + count) % bytes.length;
            startsMs[latest] = nowMs;
            bytes[latest] = 0;
            count++;
        }
        bytes[latest] += moved;
    }

    /// A sample holds what came within a second of its start.
    private void forget(long nowMs) {
        while (count > 0 && nowMs - startsMs[oldest] >= (SAMPLES + 1) * SAMPLE_MS) {
            oldest = (oldest + 1) % bytes.length;
            count--;
        }
    }

    /// Whether more was moved than a rate allows since the oldest sample began; a second's worth may come at once.
    public boolean exceeds(long bytesPerSecond, long nowMs) {
        forget(nowMs);
        if (count == 0) {
            return false;
        }
        long moved = 0;
        for (int at = 0; at < count; at++) {
            moved += bytes[(oldest + at) % bytes.length];
        }
        long elapsedMs = Math.clamp(nowMs - startsMs[oldest], SAMPLE_MS, SAMPLES * SAMPLE_MS);
        return moved > (double) bytesPerSecond * elapsedMs / 1_000;
    }
}
