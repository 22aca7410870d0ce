package io.millrace.server.partition;

/// Whether one disk takes page-cache writes at once, judged by how long recent ones took.
///
/// A write into the page cache is normally a memory copy and is done on the loop that owns the log. When the kernel
/// throttles writers or a journal commit holds them up, the same call can take a hundred milliseconds; from the first
/// such write on the owner hands writes to the disk's threads, until writes have been quick for a while.
/// `docs/adr/0004-where-appends-are-written.md`.
///
/// Owned by: one event loop (each loop judges for itself).
final class DiskMood {
    /// A write on the loop that takes longer than this makes the disk busy.
    static final long SLOW_NS = 2_000_000;

    /// So long after the last slow write the loop dares to write itself again.
    static final long CALM_AFTER_NS = 500_000_000;

    private long busyUntilNs = Long.MIN_VALUE;

    boolean isCalm(long nowNs) {
        return busyUntilNs == Long.MIN_VALUE || nowNs - busyUntilNs >= 0;
    }

    void onWrite(long tookNs, long nowNs) {
        if (tookNs > SLOW_NS) {
            busyUntilNs = nowNs + CALM_AFTER_NS;
        } else if (busyUntilNs != Long.MIN_VALUE && nowNs - busyUntilNs >= 0) {
            busyUntilNs = Long.MIN_VALUE;
        }
    }
}
