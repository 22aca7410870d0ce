package io.millrace.benchmarks.vskafka.load;

/// Counts latencies in buckets of at most 1.6 % width from 1 ns to about 146 years, in fixed memory.
///
/// Owned by: the thread that records.
public final class LatencyHistogram {
    /// 64 linear steps in each power of two.
    private static final int STEP_BITS = 6;

    private static final int STEPS = 1 << STEP_BITS;
    private static final int BUCKETS = (Long.SIZE - STEP_BITS) * STEPS;

    private final long[] counts = new long[BUCKETS];
    private long total;

    /// Counts one latency; a negative one (the clock cannot give it) counts as zero.
    public void record(long nanos) {
        counts[bucket(Math.max(0, nanos))]++;
        total++;
    }

    public long count() {
        return total;
    }

    /// The latency in milliseconds that `percent` of all stay within (upper edge of its bucket); NaN without any.
    public double percentileMillis(double percent) {
        if (total == 0) {
            return Double.NaN;
        }
        long rank = Math.max(1, (long) Math.ceil(total * percent / 100));
        long seen = 0;
        int bucket = 0;
        while (seen < rank) {
            seen += counts[bucket++];
        }
        return upperEdge(bucket - 1) / 1e6;
    }

    private static int bucket(long nanos) {
        if (nanos < STEPS) {
            return (int) nanos;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - STEP_BITS;
        return (shift + 1) * STEPS + (int) ((nanos >>> shift) - STEPS);
    }

    private static long upperEdge(int bucket) {
        if (bucket < STEPS) {
            return bucket;
        }
        int shift = bucket / STEPS - 1;
        return ((long) (bucket % STEPS + STEPS + 1) << shift) - 1;
    }
}
