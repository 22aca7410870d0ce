package io.millrace.benchmarks.vsrabbitmq;

import io.millrace.benchmarks.vskafka.report.Metric;
import io.millrace.benchmarks.vskafka.report.Sample;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the figures out of the summary PerfTest (2.22) prints at its end. Pure.
final class PerfTestOutput {
    private static final Pattern RATE = Pattern.compile("receiving rate avg: (\\d+) msg/s");
    private static final Pattern LATENCY =
            Pattern.compile("consumer latency min/median/75th/95th/99th (\\d+)/(\\d+)/(\\d+)/(\\d+)/(\\d+) µs");
    private static final double MICROS_PER_MILLI = 1_000;
    private static final int MEDIAN = 2;
    private static final int P99 = 5;

    private PerfTestOutput() {}

    /// Messages delivered per second and their way from producer to consumer, over the whole run.
    static Sample summary(String output) throws IOException {
        Matcher rate = last(RATE, output);
        Matcher latency = last(LATENCY, output);
        return Sample.empty()
                .with(Metric.RECORDS_PER_SECOND, Double.parseDouble(rate.group(1)))
                .with(Metric.P50_MS, Double.parseDouble(latency.group(MEDIAN)) / MICROS_PER_MILLI)
                .with(Metric.P99_MS, Double.parseDouble(latency.group(P99)) / MICROS_PER_MILLI);
    }

    private static Matcher last(Pattern pattern, String output) throws IOException {
        int summary = output.indexOf("test stopped");
        Matcher matcher = pattern.matcher(output);
        if (summary < 0 || !matcher.find(summary)) {
            throw new IOException("no summary in:\n" + output);
        }
        return matcher;
    }
}
