package io.millrace.benchmarks.vsrabbitmq;

import io.millrace.benchmarks.vskafka.report.Metric;
import io.millrace.benchmarks.vskafka.report.Sample;
import io.millrace.benchmarks.vsrabbitmq.load.DeclaringThread;
import io.millrace.benchmarks.vsrabbitmq.load.RawLoad;
import java.io.IOException;
import java.time.Duration;

/// Many connections declare durable queues as fast as they are answered; beside them one message at a time goes from a
/// publisher to a consumer, confirmed and acknowledged, before the storm and in it. Immutable.
///
/// @param connections each waits for its answer
record DeclareStorm(String name, int connections) implements AmqpCase {
    private static final RawLoad.Settings ONE_AT_A_TIME = new RawLoad.Settings(RawLoad.Target.DURABLE, 100, 1, 1);
    private static final double MILLION = 1e6;
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    /// The JVM's compiler is busy with what was never run before.
    private static final Duration STORM_WARM_UP = Duration.ofSeconds(5);

    @Override
    public String family() {
        return "One message at a time beside declarations";
    }

    Sample run(Side side, Duration measured) throws IOException, InterruptedException {
        try (AmqpProcess broker = side.fresh();
                var pair = new RawLoad(broker.address(), "beside", ONE_AT_A_TIME)) {
            RawLoad.Result quiet = pair.run(WARM_UP, measured, broker::cpuSeconds);
            try (var storm = DeclaringThread.start(broker.address(), connections)) {
                pair.run(Duration.ZERO, STORM_WARM_UP, broker::cpuSeconds);
                long before = storm.declared();
                RawLoad.Result beside = pair.run(Duration.ZERO, measured, broker::cpuSeconds);
                double declares = (storm.declared() - before) / beside.seconds();
                return Sample.empty()
                        .with(Metric.DECLARES_PER_SECOND, declares)
                        .with(Metric.P50_MS, beside.latencies().percentileMillis(50))
                        .with(Metric.P99_MS, beside.latencies().percentileMillis(99))
                        .with(Metric.P999_MS, beside.latencies().percentileMillis(99.9))
                        .with(Metric.QUIET_P99_MS, quiet.latencies().percentileMillis(99))
                        .with(
                                Metric.CPU_MICROS_PER_REQUEST,
                                beside.brokerCpuSeconds() * MILLION / (declares * beside.seconds()))
                        .with(Metric.RSS_MB, broker.rssMb());
            }
        }
    }
}
