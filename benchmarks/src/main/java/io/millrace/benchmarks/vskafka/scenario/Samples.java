package io.millrace.benchmarks.vskafka.scenario;

import io.millrace.benchmarks.vskafka.broker.BrokerUnderTest;
import io.millrace.benchmarks.vskafka.load.LatencyHistogram;
import io.millrace.benchmarks.vskafka.load.LoadResult;
import io.millrace.benchmarks.vskafka.report.Metric;
import io.millrace.benchmarks.vskafka.report.Sample;
import java.io.IOException;

/// Turns what a load saw into the figures of a table.
final class Samples {
    private static final double MILLION = 1e6;

    private Samples() {}

    static Sample of(LoadResult load, BrokerUnderTest broker) throws IOException {
        return withLatencies(Sample.empty(), load.latencies())
                .with(Metric.RECORDS_PER_SECOND, load.records() / load.seconds())
                .with(Metric.CPU_SECONDS_PER_MILLION, load.brokerCpuSeconds() / load.records() * MILLION)
                .with(Metric.CPU_MICROS_PER_REQUEST, load.brokerCpuSeconds() / load.requests() * MILLION)
                .with(Metric.CLIENT_MICROS_PER_REQUEST, load.clientCpuSeconds() / load.requests() * MILLION)
                .with(Metric.RSS_MB, rssMb(broker));
    }

    static Sample withLatencies(Sample sample, LatencyHistogram latencies) {
        return sample.with(Metric.P50_MS, latencies.percentileMillis(50))
                .with(Metric.P99_MS, latencies.percentileMillis(99))
                .with(Metric.P999_MS, latencies.percentileMillis(99.9));
    }

    static double rssMb(BrokerUnderTest broker) throws IOException {
        return broker.rssKb() / 1024.0;
    }
}
