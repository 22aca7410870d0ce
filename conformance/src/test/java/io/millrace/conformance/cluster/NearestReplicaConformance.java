package io.millrace.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// An unchanged consumer that says where it is (`client.rack`) reads from the replica in its rack (KIP-392).
final class NearestReplicaConformance {
    private static final TopicPartition PARTITION = new TopicPartition("near", 0);
    private static final int LEADER = 1;
    private static final int NEAR = 2;
    private static final int RECORDS = 400;
    private static final int ONE_BY_ONE = 20;
    /// So long a follower waits for records; what is committed it hears of at once.
    private static final long LONG_POLL_MS = 500;

    private static final String KILOBYTE = "x".repeat(1_000);

    @Test
    @Timeout(value = 4, unit = TimeUnit.MINUTES)
    void aConsumerReadsInItsRackWhileThereIsAReplica() throws IOException, InterruptedException, ExecutionException {
        try (var cluster = ClusterUnderTest.start(ClusterUnderTest.NODES, NearestReplicaConformance::settings)) {
            cluster.create(new NewTopic(PARTITION.topic(), Map.of(0, List.of(LEADER, NEAR, 3)))
                    .configs(Map.of("min.insync.replicas", "2")));
            cluster.awaitInSync(PARTITION.topic());
            try (var producer = producer(cluster);
                    var reader = new Reader(cluster)) {
                produce(producer);
                reader.readAll(RECORDS);
                ClusterUnderTest.await(
                        "the nearest replica", () -> reader.poll().preferredReplica() == NEAR);

                double fromLeader = reader.bytesFrom(LEADER);
                double fromNear = reader.bytesFrom(NEAR);
                produce(producer);
                reader.readAll(2 * RECORDS);
                assertThat(reader.bytesFrom(NEAR) - fromNear).isGreaterThan(RECORDS * 1_000.0);
                assertThat(reader.bytesFrom(LEADER) - fromLeader).isLessThan(RECORDS * 500.0);

                long startNs = System.nanoTime();
                for (int at = 1; at <= ONE_BY_ONE; at++) {
                    producer.send(new ProducerRecord<>(PARTITION.topic(), 0, null, KILOBYTE))
                            .get();
                    reader.readAll(2 * RECORDS + at);
                }
                long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
                System.err.println("one by one from the nearest replica: " + tookMs / ONE_BY_ONE + " ms each");
                assertThat(tookMs).isLessThan(ONE_BY_ONE * LONG_POLL_MS * 3 / 4);

                cluster.kill9(cluster.nodes().node(NEAR));
                produce(producer);
                reader.readAll(3 * RECORDS + ONE_BY_ONE);
                ClusterUnderTest.await("the leader", () -> reader.poll().preferredReplica() != NEAR);

                cluster.restart(cluster.nodes().node(NEAR));
                cluster.awaitInSync(PARTITION.topic());
                ClusterUnderTest.await(
                        "the nearest replica again", () -> reader.poll().preferredReplica() == NEAR);
                produce(producer);
                reader.readAll(4 * RECORDS + ONE_BY_ONE);
            }
        }
    }

    private static List<String> settings(int node) {
        return List.of(
                "broker.rack=" + rack(node),
                "replica.selector.class=org.apache.kafka.common.replica.RackAwareReplicaSelector");
    }

    private static String rack(int node) {
        return "rack-" + node;
    }

    private static void produce(KafkaProducer<String, String> producer)
            throws ExecutionException, InterruptedException {
        var sent = new ArrayList<Future<RecordMetadata>>();
        for (int at = 0; at < RECORDS; at++) {
            sent.add(producer.send(new ProducerRecord<>(PARTITION.topic(), 0, null, KILOBYTE)));
        }
        for (Future<RecordMetadata> each : sent) {
            each.get();
        }
    }

    private static KafkaProducer<String, String> producer(ClusterUnderTest cluster) {
        return new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrap()),
                new StringSerializer(),
                new StringSerializer());
    }

    /// Reads from the beginning and lets nothing be lost or come twice.
    ///
    /// Owned by: the test.
    private static final class Reader implements AutoCloseable {
        private final KafkaConsumer<String, String> consumer;
        private long read;

        Reader(ClusterUnderTest cluster) {
            consumer = new KafkaConsumer<>(
                    Map.of(
                            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                            cluster.bootstrap(),
                            ConsumerConfig.CLIENT_RACK_CONFIG,
                            rack(NEAR),
                            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                            "none"), // an offset that nobody knows would be a loss
                    new StringDeserializer(),
                    new StringDeserializer());
            consumer.assign(List.of(PARTITION));
            consumer.seek(PARTITION, 0);
        }

        Reader poll() {
            consumer.poll(Duration.ofMillis(100)).records(PARTITION).forEach(record -> {
                assertThat(record.offset()).isEqualTo(read);
                read++;
            });
            return this;
        }

        void readAll(long records) {
            if (poll().read < records) {
                ClusterUnderTest.await("all records", () -> poll().read >= records);
            }
            assertThat(read).isEqualTo(records);
        }

        /// The node the consumer was sent to, -1 for none.
        double preferredReplica() {
            return metric("preferred-read-replica", "partition", "0");
        }

        double bytesFrom(int node) {
            return metric("incoming-byte-total", "node-id", "node-" + node);
        }

        private double metric(String name, String tag, String value) {
            return consumer.metrics().values().stream()
                    .filter(metric -> metric.metricName().name().equals(name)
                            && value.equals(metric.metricName().tags().get(tag)))
                    .map(Metric::metricValue)
                    .mapToDouble(found -> ((Number) found).doubleValue())
                    .max()
                    .orElse(-1);
        }

        @Override
        public void close() {
            consumer.close();
        }
    }
}
