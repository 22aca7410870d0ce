package io.millrace.cli.experiment.load;

import java.util.ArrayList;
import java.util.List;

/// Counts by steps of time.
///
/// Owned by: the journal, under its lock.
final class Series {
    /// One step's counts.
    private static final class Counts {
        private long acknowledged;
        private long read;
        private long retries;
        private long errors;
    }

    private static final long STEP_NS = Bucket.MS * 1_000_000;

    private final long startNs;
    private final List<Counts> steps = new ArrayList<>();

    Series(long startNs) {
        this.startNs = startNs;
    }

    void acknowledged(long nowNs) {
        at(nowNs).acknowledged++;
    }

    void read(long nowNs) {
        at(nowNs).read++;
    }

    void retries(long nowNs, long count) {
        at(nowNs).retries += count;
    }

    void error(long nowNs) {
        at(nowNs).errors++;
    }

    private Counts at(long nowNs) {
        int step = Math.toIntExact(Math.max(0, nowNs - startNs) / STEP_NS);
        while (steps.size() <= step) {
            steps.add(new Counts());
        }
        return steps.get(step);
    }

    List<Bucket> buckets() {
        var buckets = new ArrayList<Bucket>();
        for (Counts counts : steps) {
            buckets.add(new Bucket(
                    buckets.size() * Bucket.MS, counts.acknowledged, counts.read, counts.retries, counts.errors));
        }
        return buckets;
    }
}
