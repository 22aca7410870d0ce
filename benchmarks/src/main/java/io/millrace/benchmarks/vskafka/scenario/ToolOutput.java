package io.millrace.benchmarks.vskafka.scenario;

import io.millrace.benchmarks.vskafka.report.Metric;
import io.millrace.benchmarks.vskafka.report.Sample;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the figures out of what Kafka's tools (4.3.1) print. Pure.
final class ToolOutput {
    private static final Pattern PRODUCER = Pattern.compile("(\\d+) records sent, ([\\d.]+) records/sec.*?"
            + "([\\d.]+) ms 50th, [\\d.]+ ms 95th, ([\\d.]+) ms 99th, ([\\d.]+) ms 99.9th");
    private static final Pattern AVERAGE = Pattern.compile("Avg latency: ([\\d.]+) ms");
    private static final int CONSUMER_COLUMNS = 10;
    private static final int CONSUMER_FETCH_RATE = 9;

    private ToolOutput() {}

    /// The last summary line of ProducerPerformance, which covers the whole run.
    static Sample producer(String output) throws IOException {
        Matcher matcher = PRODUCER.matcher(output);
        Sample sample = Sample.empty();
        boolean found = false;
        while (matcher.find()) {
            found = true;
            sample = Sample.empty()
                    .with(Metric.RECORDS_PER_SECOND, Double.parseDouble(matcher.group(2)))
                    .with(Metric.P50_MS, Double.parseDouble(matcher.group(3)))
                    .with(Metric.P99_MS, Double.parseDouble(matcher.group(4)))
                    .with(Metric.P999_MS, Double.parseDouble(matcher.group(5)));
        }
        if (!found) {
            throw new IOException("no summary in:\n" + output);
        }
        return sample;
    }

    /// `fetch.nMsg.sec` of ConsumerPerformance: the rate without the time its group takes to form.
    static Sample consumer(String output) throws IOException {
        List<String> lines = output.lines().toList().reversed();
        for (String line : lines) {
            String[] columns = line.split(",");
            if (columns.length == CONSUMER_COLUMNS && !line.startsWith("start.time")) {
                double rate = Double.parseDouble(columns[CONSUMER_FETCH_RATE].strip());
                return Sample.empty().with(Metric.RECORDS_PER_SECOND, rate);
            }
        }
        throw new IOException("no figures in:\n" + output);
    }

    /// The rate of EndToEndLatency from its average; its percentiles are whole milliseconds and useless here.
    static Sample endToEnd(String output) throws IOException {
        Matcher matcher = AVERAGE.matcher(output);
        if (!matcher.find()) {
            throw new IOException("no average in:\n" + output);
        }
        return Sample.empty().with(Metric.RECORDS_PER_SECOND, 1_000 / Double.parseDouble(matcher.group(1)));
    }
}
