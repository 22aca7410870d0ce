package io.millrace.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.cluster.local.NodeProcess;
import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.Folders;
import io.millrace.conformance.Skip;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a disk gives back is not what was written there: readers get all records all the same, and the replica has them
/// again from the others.
final class DamagedLogConformance {
    private static final TopicPartition PARTITION = new TopicPartition("damaged", 0);
    private static final int RECORDS = 3_000;
    private static final int RECORD_BYTES = 1_000;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aConsumerGetsAllRecordsAndTheReplicaIsRepaired() throws IOException, InterruptedException, ExecutionException {
        if (BrokerKind.underTest() == BrokerKind.KAFKA) {
            throw Skip.because("Kafka serves what the disk gives back, and a broker refuses to start without a log");
        }
        try (var cluster = ClusterUnderTest.start()) {
            boolean isDone = false;
            try {
                damageAndRepair(cluster);
                isDone = true;
            } finally {
                if (!isDone) {
                    cluster.keep();
                }
            }
        }
    }

    private static void damageAndRepair(ClusterUnderTest cluster)
            throws IOException, InterruptedException, ExecutionException {
        create(cluster);
        produce(cluster);
        awaitEqual(cluster);
        NodeProcess leader = cluster.nodes()
                .node(cluster.view()
                        .leader(PARTITION.topic(), PARTITION.partition())
                        .orElseThrow());
        byte[] written = log(leader);

        flipAByte(segments(leader).getFirst());

        assertThat(log(leader)).isNotEqualTo(written);
        assertAllArrive(cluster);
        awaitWritten(cluster, leader, written);

        loseTheLog(cluster, leader);

        awaitWritten(cluster, leader, written);
        assertAllArrive(cluster);
    }

    private static void create(ClusterUnderTest cluster) {
        cluster.create(new NewTopic(PARTITION.topic(), 1, (short) ClusterUnderTest.NODES)
                .configs(Map.of("min.insync.replicas", "2", "segment.bytes", "1048576")));
        cluster.awaitInSync(PARTITION.topic());
    }

    private static void produce(ClusterUnderTest cluster) throws ExecutionException, InterruptedException {
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrap(),
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        try (var producer = new KafkaProducer<byte[], byte[]>(settings)) {
            for (int at = 0; at < RECORDS; at++) {
                producer.send(new ProducerRecord<>(PARTITION.topic(), 0, null, value(at)));
            }
            producer.flush();
        }
    }

    private static byte[] value(int at) {
        byte[] value = new byte[RECORD_BYTES];
        new Random(at).nextBytes(value);
        return value;
    }

    private static void flipAByte(Path segment) throws IOException {
        try (var file = new RandomAccessFile(segment.toFile(), "rw")) {
            long middle = file.length() / 2;
            file.seek(middle);
            int was = file.read();
            file.seek(middle);
            file.write(was ^ 0x10);
        }
    }

    /// Its folder is gone while the node is down, as after a file system was mended.
    private static void loseTheLog(ClusterUnderTest cluster, NodeProcess node)
            throws IOException, InterruptedException {
        cluster.stop(node);
        Folders.delete(folder(node));
        cluster.restart(node);
    }

    private static void assertAllArrive(ClusterUnderTest cluster) {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                cluster.bootstrap(),
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class);
        List<byte[]> read = new ArrayList<>();
        try (var consumer = new KafkaConsumer<byte[], byte[]>(settings)) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            ClusterUnderTest.await("all records", () -> {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    assertThat(record.offset()).isEqualTo(read.size());
                    read.add(record.value());
                }
                return read.size() >= RECORDS;
            });
        }
        for (int at = 0; at < RECORDS; at++) {
            assertThat(read.get(at)).as("record %d", at).isEqualTo(value(at));
        }
    }

    private static void awaitWritten(ClusterUnderTest cluster, NodeProcess node, byte[] written) {
        ClusterUnderTest.await("node " + node.id() + " has what was written", () -> {
            byte[] now = log(node);
            return Arrays.equals(now, written);
        });
        cluster.awaitInSync(PARTITION.topic());
        awaitEqual(cluster);
    }

    private static void awaitEqual(ClusterUnderTest cluster) {
        ClusterUnderTest.await("equal replicas", () -> {
            List<NodeProcess> nodes = cluster.nodes().all();
            byte[] first = log(nodes.getFirst());
            for (NodeProcess node : nodes) {
                if (!Arrays.equals(first, log(node))) {
                    return false;
                }
            }
            return first.length > RECORDS * RECORD_BYTES;
        });
    }

    /// All batches a node has of the partition, whichever segments they lie in.
    private static byte[] log(NodeProcess node) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Path segment : segments(node)) {
            all.write(Files.readAllBytes(segment));
        }
        return all.toByteArray();
    }

    private static List<Path> segments(NodeProcess node) throws IOException {
        if (!Files.exists(folder(node))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder(node))) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }

    private static Path folder(NodeProcess node) {
        return node.place().data().resolve(PARTITION.toString());
    }
}
