package io.millrace.cli.bench;

import org.HdrHistogram.Histogram;

/// Latencies of one client, in microseconds, from the end of the warm-up on.
///
/// Owned by: the thread on which that client calls back; read after it has ended.
final class Meter {
    private static final int DIGITS = 3;
    private static final long MICROS_MAX = 3_600_000_000L;

    private final Histogram micros = new Histogram(MICROS_MAX, DIGITS);
    private final long countFromNs;
    private final long countUntilNs;

    Meter(long countFromNs, long countUntilNs) {
        this.countFromNs = countFromNs;
        this.countUntilNs = countUntilNs;
    }

    /// One record is through that was due at `startNs`.
    void done(long startNs, long nowNs) {
        if (startNs >= countFromNs && startNs < countUntilNs) {
            micros.recordValue(Math.clamp((nowNs - startNs) / 1_000, 0, MICROS_MAX));
        }
    }

    void addTo(Histogram all) {
        all.add(micros);
    }

    static Histogram sum(Iterable<Meter> meters) {
        var all = new Histogram(MICROS_MAX, DIGITS);
        meters.forEach(meter -> meter.addTo(all));
        return all;
    }
}
