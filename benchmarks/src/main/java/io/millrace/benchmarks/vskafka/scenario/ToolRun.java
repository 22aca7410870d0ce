package io.millrace.benchmarks.vskafka.scenario;

import io.millrace.benchmarks.vskafka.broker.BrokerUnderTest;
import io.millrace.benchmarks.vskafka.broker.Durability;
import io.millrace.benchmarks.vskafka.report.Metric;
import io.millrace.benchmarks.vskafka.report.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Kafka's own performance tools against the broker, one sealed kind a tool.
public sealed interface ToolRun extends Scenario.OnRunning {
    int PARTITIONS = 6;

    /// Runs ProducerPerformance into a fresh topic.
    ///
    /// @param recordsPerSecond about what it reaches, to choose how many records to send
    record Producer(
            String name,
            String family,
            KafkaTool tool,
            int valueBytes,
            long recordsPerSecond,
            List<String> properties,
            Durability durability)
            implements ToolRun {
        @Override
        public List<TopicSet> prepare(BrokerUnderTest broker) {
            return List.of();
        }

        @Override
        public Sample run(BrokerUnderTest broker, RunSettings settings) throws IOException, InterruptedException {
            try (TopicSet set = TopicSet.create(broker, "tool", 1, PARTITIONS, durability)) {
                long records = recordsPerSecond * settings.measured().toSeconds();
                List<String> arguments = new ArrayList<>(List.of("--topic", set.firstName(), "--throughput", "-1"));
                arguments.addAll(List.of("--num-records", Long.toString(records)));
                arguments.addAll(List.of("--record-size", Integer.toString(valueBytes)));
                arguments.addAll(List.of("--bootstrap-server", broker.bootstrap()));
                if (!properties.isEmpty()) {
                    arguments.add("--command-property");
                    arguments.addAll(properties);
                }
                double before = broker.cpuSeconds();
                Sample sample = ToolOutput.producer(tool.run("ProducerPerformance", arguments));
                return withBroker(sample, broker, before, records);
            }
        }
    }

    /// Runs ConsumerPerformance over a topic filled before.
    record Consumer(String name, String family, KafkaTool tool, int valueBytes, long recordCount) implements ToolRun {
        @Override
        public List<TopicSet> prepare(BrokerUnderTest broker) throws IOException, InterruptedException {
            return List.of(FilledTopic.create(broker, name, valueBytes, recordCount));
        }

        @Override
        public Sample run(BrokerUnderTest broker, RunSettings settings) throws IOException, InterruptedException {
            double before = broker.cpuSeconds();
            String output = tool.run(
                    "ConsumerPerformance",
                    List.of(
                            "--topic",
                            name + "-00000",
                            "--num-records",
                            Long.toString(recordCount),
                            "--bootstrap-server",
                            broker.bootstrap()));
            return withBroker(ToolOutput.consumer(output), broker, before, recordCount);
        }
    }

    /// Runs EndToEndLatency: send, wait for the acknowledgement, poll, one record at a time.
    record EndToEnd(String name, String family, KafkaTool tool, Durability durability) implements ToolRun {
        private static final long RECORDS_PER_SECOND = 1_000;
        private static final int VALUE_BYTES = 100;

        @Override
        public List<TopicSet> prepare(BrokerUnderTest broker) {
            return List.of();
        }

        @Override
        public Sample run(BrokerUnderTest broker, RunSettings settings) throws IOException, InterruptedException {
            try (TopicSet set = TopicSet.create(broker, "tool", 1, 1, durability)) {
                long records = RECORDS_PER_SECOND * settings.measured().toSeconds();
                double before = broker.cpuSeconds();
                String output = tool.run(
                        "EndToEndLatency",
                        List.of(
                                broker.bootstrap(),
                                set.firstName(),
                                Long.toString(records),
                                "all",
                                Integer.toString(VALUE_BYTES)));
                return withBroker(ToolOutput.endToEnd(output), broker, before, records);
            }
        }
    }

    private static Sample withBroker(Sample sample, BrokerUnderTest broker, double cpuBefore, long records)
            throws IOException {
        double cpu = broker.cpuSeconds() - cpuBefore;
        return sample.with(Metric.CPU_SECONDS_PER_MILLION, cpu / records * 1e6)
                .with(Metric.RSS_MB, Samples.rssMb(broker));
    }
}
