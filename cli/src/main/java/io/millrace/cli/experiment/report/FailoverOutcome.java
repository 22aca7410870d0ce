package io.millrace.cli.experiment.report;

import io.millrace.cli.experiment.history.Verdict;
import io.millrace.cli.experiment.history.Violation;
import io.millrace.cli.experiment.load.Bucket;
import java.util.List;
import java.util.function.ToLongFunction;

/// Everything one run of the experiment showed.
///
/// @param software which broker
/// @param errors the first that applications saw
public record FailoverOutcome(
        String software,
        List<Moment> timeline,
        List<Failover> failovers,
        List<Bucket> buckets,
        Verdict verdict,
        List<String> errors) {
    public FailoverOutcome {
        timeline = List.copyOf(timeline);
        failovers = List.copyOf(failovers);
        buckets = List.copyOf(buckets);
        errors = List.copyOf(errors);
    }

    /// The median of all failovers, -1 without any.
    public long median(ToLongFunction<Failover> of) {
        return at(of, 0.5);
    }

    public long worst(ToLongFunction<Failover> of) {
        return at(of, 1);
    }

    private long at(ToLongFunction<Failover> of, double share) {
        long[] sorted = failovers.stream().mapToLong(of).sorted().toArray();
        return sorted.length == 0 ? -1 : sorted[(int) Math.min(sorted.length - 1, (long) (sorted.length * share))];
    }

    /// The line that a script reads.
    public String line() {
        return "acknowledged=" + verdict.acknowledged()
                + " lost=" + verdict.count(Violation.LOST)
                + " reordered=" + verdict.count(Violation.REORDERED)
                + " failover_ms_median=" + median(Failover::writeMs);
    }
}
