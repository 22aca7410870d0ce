package io.millrace.benchmarks.vskafka.scenario;

import io.millrace.benchmarks.vskafka.broker.BrokerKind;
import io.millrace.benchmarks.vskafka.broker.BrokerProcess;
import io.millrace.benchmarks.vskafka.report.Metric;
import io.millrace.benchmarks.vskafka.report.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// From the start of the process on an empty folder to its first Metadata answer, and what it uses when left alone.
public record StartAndIdle(String name, String family) implements Scenario.OnFresh {
    /// Start-up work that goes on behind the first answer is not idling.
    private static final long SETTLE_SECONDS = 5;

    @Override
    public Sample run(BrokerKind kind, Path folder, RunSettings settings) throws IOException, InterruptedException {
        try (BrokerProcess broker = BrokerProcess.launch(kind, folder)) {
            broker.awaitReady();
            Sample sample = Sample.empty()
                    .with(Metric.START_SECONDS, broker.secondsSinceSpawn())
                    .with(Metric.START_CPU_SECONDS, broker.cpuSeconds());
            TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
            double cpuBefore = broker.cpuSeconds();
            long start = System.nanoTime();
            TimeUnit.NANOSECONDS.sleep(settings.idle().toNanos());
            double seconds = (System.nanoTime() - start) / 1e9;
            return sample.with(Metric.IDLE_CPU_PERCENT, (broker.cpuSeconds() - cpuBefore) / seconds * 100)
                    .with(Metric.RSS_MB, Samples.rssMb(broker));
        }
    }
}
