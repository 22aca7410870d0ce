package io.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.server.config.Endpoint;
import io.millrace.server.config.GroupsConfig;
import io.millrace.server.config.ListenersConfig;
import io.millrace.server.config.NetworkConfig;
import io.millrace.server.config.NodeConfig;
import io.millrace.server.config.QuotasConfig;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.config.StorageConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Topics deleted and created again under their names, as fast as a client can, and a node that died in between: every
/// partition takes writes, and nobody sees a record of the topic that was.
class TopicLifeTest {
    private static final Endpoint ANY_PORT = new Endpoint("127.0.0.1", 0);
    private static final String TOPIC = "phoenix";
    private static final int PARTITIONS = 16;
    private static final int ROUNDS = 12;

    @TempDir
    private Path folder;

    @Test
    void everyPartitionOfATopicCreatedAgainAtOnceIsWritableAndEmpty() throws Exception {
        Node node = Node.start(config());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", at(node)))) {
            admin.createTopics(Set.of(topic(TOPIC))).all().get();
            for (int round = 0; round < ROUNDS; round++) {
                write(at(node), TOPIC, "round " + round, 3);
                // Both are on their way before the first is answered.
                var deleted = admin.deleteTopics(Set.of(TOPIC));
                var created = admin.createTopics(Set.of(topic(TOPIC)));
                deleted.all().get();
                created.all().get();
                assertThat(write(at(node), TOPIC, "new", 1)).containsOnly(0L);
                assertThat(readAll(at(node), TOPIC)).hasSize(PARTITIONS).containsOnly("new");
            }
        } finally {
            node.stop();
        }
    }

    @Test
    void aDeletionThatACrashInterruptedShowsInNoTopicAfterTheRestart() throws Exception {
        Node first = Node.start(config());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", at(first)))) {
            admin.createTopics(Set.of(topic(TOPIC), topic("gone"))).all().get();
        }
        write(at(first), TOPIC, "old", 5);
        write(at(first), "gone", "old", 5);
        first.stop();
        Map<Path, byte[]> before = filesOfPartitions();

        Node second = Node.start(config());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", at(second)))) {
            admin.deleteTopics(Set.of(TOPIC, "gone")).all().get();
            admin.createTopics(Set.of(topic(TOPIC))).all().get();
        }
        second.stop();
        // As if it had been killed after the metadata was written, and before a folder was touched.
        restore(before);
        Files.delete(folder.resolve(".kafka_cleanshutdown"));

        Node third = Node.start(config());
        assertThat(write(at(third), TOPIC, "new", 1)).containsOnly(0L);
        assertThat(readAll(at(third), TOPIC)).hasSize(PARTITIONS).containsOnly("new");
        third.stop();
        assertThat(names())
                .noneMatch(name -> name.matches("gone-\\d+"))
                .noneMatch(name -> name.endsWith("-stray"))
                .contains(".kafka_cleanshutdown");
    }

    private static NewTopic topic(String name) {
        return new NewTopic(name, PARTITIONS, (short) 1);
    }

    private static String at(Node node) {
        return "127.0.0.1:" + node.kafkaAddress().getPort();
    }

    /// Returns the last offset of each partition.
    private static Collection<Long> write(String at, String topic, String value, int count)
            throws ExecutionException, InterruptedException {
        Map<Integer, Long> last = new TreeMap<>();
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        at,
                        "acks",
                        "all",
                        "linger.ms",
                        0,
                        "delivery.timeout.ms",
                        20_000,
                        "request.timeout.ms",
                        5_000),
                new StringSerializer(),
                new StringSerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < count * PARTITIONS; i++) {
                sent.add(producer.send(new ProducerRecord<>(topic, i % PARTITIONS, "key", value)));
            }
            for (var future : sent) {
                var metadata = future.get();
                last.merge(metadata.partition(), metadata.offset(), Math::max);
            }
        }
        assertThat(last).hasSize(PARTITIONS);
        return last.values();
    }

    private static List<String> readAll(String at, String topic) {
        List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(index -> new TopicPartition(topic, index))
                .toList();
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", at, "auto.offset.reset", "none"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
            }
        }
        return values;
    }

    private Map<Path, byte[]> filesOfPartitions() throws IOException {
        Map<Path, byte[]> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String parent = file.getParent().getFileName().toString();
                if (parent.startsWith(TOPIC) || parent.startsWith("gone")) {
                    contents.put(file, Files.readAllBytes(file));
                }
            }
        }
        return contents;
    }

    private static void restore(Map<Path, byte[]> files) {
        files.forEach((file, content) -> {
            try {
                Files.createDirectories(file.getParent());
                Files.write(file, content);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private ServerConfig config() {
        return new ServerConfig(
                NodeConfig.DEFAULT,
                StorageConfig.DEFAULT.withDirectories(List.of(folder.toString())),
                new ListenersConfig(ANY_PORT, Endpoint.OFF, Endpoint.OFF),
                NetworkConfig.DEFAULT,
                GroupsConfig.DEFAULT,
                QuotasConfig.DEFAULT,
                Map.of());
    }
}
