package io.millrace.benchmarks.vskafka.scenario;

import io.millrace.benchmarks.vskafka.broker.BrokerKind;
import io.millrace.benchmarks.vskafka.broker.BrokerProcess;
import io.millrace.benchmarks.vskafka.report.Metric;
import io.millrace.benchmarks.vskafka.report.Sample;
import io.millrace.benchmarks.vskafka.wire.KafkaWire;
import io.millrace.benchmarks.vskafka.wire.TopicAdmin;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Many empty partitions on a fresh node: created, restarted clean, restarted after kill -9; each time until Metadata
/// lists every leader and every leader answers ListOffsets.
public record ManyPartitions(String name, String family) implements Scenario.OnFresh {
    private static final int PARTITIONS_PER_TOPIC = 100;
    /// Kafka's controller takes at most 10,000 records in one request; this stays well below.
    private static final int TOPICS_PER_REQUEST = 10;

    private static final Duration ONLINE_MAX = Duration.ofMinutes(10);

    @Override
    public Sample run(BrokerKind kind, Path folder, RunSettings settings) throws IOException, InterruptedException {
        List<String> topics = new ArrayList<>();
        for (int count = 0; count < settings.partitionCount(); count += PARTITIONS_PER_TOPIC) {
            topics.add("many-%06d".formatted(count));
        }
        try (BrokerProcess broker = BrokerProcess.launch(kind, folder)) {
            broker.awaitReady();
            Sample sample = Sample.empty().with(Metric.CREATE_SECONDS, create(broker, topics));
            sample = sample.with(Metric.RSS_MB, Samples.rssMb(broker));
            long stopping = System.nanoTime();
            broker.stop();
            sample = sample.with(Metric.STOP_SECONDS, (System.nanoTime() - stopping) / 1e9);
            sample = sample.with(Metric.CLEAN_RESTART_SECONDS, restart(broker, topics));
            broker.kill9();
            return sample.with(Metric.KILL_RESTART_SECONDS, restart(broker, topics));
        }
    }

    private static double create(BrokerProcess broker, List<String> topics) throws IOException, InterruptedException {
        long start = System.nanoTime();
        try (KafkaWire wire = new KafkaWire(broker.address())) {
            TopicAdmin admin = new TopicAdmin(wire);
            for (int from = 0; from < topics.size(); from += TOPICS_PER_REQUEST) {
                List<String> chunk = topics.subList(from, Math.min(topics.size(), from + TOPICS_PER_REQUEST));
                admin.create(chunk, PARTITIONS_PER_TOPIC, 1, Map.of());
            }
            admin.awaitOnline(topics, PARTITIONS_PER_TOPIC, ONLINE_MAX);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private static double restart(BrokerProcess broker, List<String> topics) throws IOException, InterruptedException {
        broker.restart();
        broker.awaitReady();
        try (KafkaWire wire = new KafkaWire(broker.address())) {
            new TopicAdmin(wire).awaitOnline(topics, PARTITIONS_PER_TOPIC, ONLINE_MAX);
        }
        return broker.secondsSinceSpawn();
    }
}
