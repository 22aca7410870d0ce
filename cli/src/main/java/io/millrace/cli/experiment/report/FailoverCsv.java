package io.millrace.cli.experiment.report;

import io.millrace.cli.experiment.load.Bucket;
import java.util.ArrayList;
import java.util.List;

/// The run as comma-separated values: counts by steps of time, and in the step in which something was done, what.
public final class FailoverCsv {
    private FailoverCsv() {}

    public static List<String> lines(FailoverOutcome outcome) {
        var lines = new ArrayList<String>();
        lines.add("ms,acknowledged,read,retries,errors,event");
        for (Bucket bucket : outcome.buckets()) {
            lines.add(bucket.startMs()
                    + "," + bucket.acknowledged()
                    + "," + bucket.read()
                    + "," + bucket.retries()
                    + "," + bucket.errors()
                    + "," + events(outcome, bucket.startMs()));
        }
        return lines;
    }

    private static String events(FailoverOutcome outcome, long startMs) {
        List<String> texts = outcome.timeline().stream()
                .filter(moment -> moment.atMs() >= startMs && moment.atMs() < startMs + Bucket.MS)
                .map(Moment::text)
                .toList();
        return texts.isEmpty() ? "" : "\"" + String.join("; ", texts).replace("\"", "\"\"") + "\"";
    }
}
