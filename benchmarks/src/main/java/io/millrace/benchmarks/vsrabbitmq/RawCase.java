package io.millrace.benchmarks.vsrabbitmq;

import io.millrace.benchmarks.vskafka.report.Metric;
import io.millrace.benchmarks.vskafka.report.Sample;
import io.millrace.benchmarks.vsrabbitmq.load.RawLoad;
import io.millrace.benchmarks.vsrabbitmq.load.RawLoad.Target;
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
                of("raw-persistent-1k", Target.DURABLE, 1_000, 1_000),
                of("raw-persistent-100", Target.DURABLE, 100, 1_000),
                of("raw-quorum-1k", Target.QUORUM, 1_000, 1_000),
                of("raw-window-100", Target.DURABLE, 1_000, 100),
                of("raw-quorum-window-100", Target.QUORUM, 1_000, 100),
                of("raw-transient-1k", Target.TRANSIENT, 1_000, 1_000),
                of("raw-transient-100", Target.TRANSIENT, 100, 1_000));
    }

    /// Consumers of what is acknowledged hold as many as are in flight.
    private static RawCase of(String name, Target target, int bodyBytes, int window) {
        int prefetch = target == Target.TRANSIENT ? 0 : window;
        return new RawCase(name, new RawLoad.Settings(target, bodyBytes, window, prefetch));
    }

    @Override
    public String family() {
        return "Pre-built frames";
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
