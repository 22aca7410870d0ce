package io.millrace.benchmarks.vsrabbitmq;

import io.millrace.benchmarks.vskafka.report.Metric;
import io.millrace.benchmarks.vskafka.report.Sample;
import io.millrace.benchmarks.vsrabbitmq.load.RawLoad;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/// One load of pre-built frames. Immutable.
record RawCase(String name, RawLoad.Settings settings) implements AmqpCase {
    private static final double MILLION = 1e6;
    private static final Duration WARM_UP = Duration.ofSeconds(1);

    /// Every case, in the order of the table.
    static List<RawCase> all() {
        return List.of(
                new RawCase("raw-persistent-1k", new RawLoad.Settings(true, 1_000, 1_000, 1_000)),
                new RawCase("raw-persistent-100", new RawLoad.Settings(true, 100, 1_000, 1_000)),
                new RawCase("raw-transient-1k", new RawLoad.Settings(false, 1_000, 1_000, 0)),
                new RawCase("raw-transient-100", new RawLoad.Settings(false, 100, 1_000, 0)));
    }

    @Override
    public String family() {
        return "Pre-built frames, 1,000 in flight";
    }

    /// One run, without its first second.
    Sample run(AmqpProcess broker, Duration measured) throws IOException {
        try (var load = new RawLoad(broker.address(), "raw-" + UUID.randomUUID(), settings)) {
            RawLoad.Result result = load.run(WARM_UP, measured, broker::cpuSeconds);
            return Sample.empty()
                    .with(Metric.RECORDS_PER_SECOND, result.messages() / result.seconds())
                    .with(Metric.P50_MS, result.latencies().percentileMillis(50))
                    .with(Metric.P99_MS, result.latencies().percentileMillis(99))
                    .with(Metric.CPU_SECONDS_PER_MILLION, result.brokerCpuSeconds() / result.messages() * MILLION)
                    .with(Metric.RSS_MB, broker.rssMb())
                    .with(Metric.CLIENT_MICROS_PER_REQUEST, result.clientCpuSeconds() / result.messages() * MILLION);
        }
    }
}
