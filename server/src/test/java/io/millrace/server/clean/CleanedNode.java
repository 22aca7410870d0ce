package io.millrace.server.clean;

import io.millrace.server.Node;
import io.millrace.server.config.Endpoint;
import io.millrace.server.config.GroupsConfig;
import io.millrace.server.config.ListenersConfig;
import io.millrace.server.config.NetworkConfig;
import io.millrace.server.config.NodeConfig;
import io.millrace.server.config.QuotasConfig;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.config.StorageConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// A node whose cleaner never rests, and Kafka's own client beside it.
///
/// Run as a program it is a node in a process of its own, to be killed: it prints its port and serves.
final class CleanedNode {
    static final String TOPIC = "prices";
    static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

    private static final Endpoint ANY_PORT = new Endpoint("127.0.0.1", 0);
    private static final int BACKOFF_MS = 10;

    private CleanedNode() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Node node = start(Path.of(args[0]));
        System.out.println("port " + node.kafkaAddress().getPort());
        Thread.currentThread().join();
    }

    static Node start(Path folder) throws IOException, InterruptedException {
        StorageConfig base = StorageConfig.DEFAULT;
        StorageConfig storage = new StorageConfig(
                List.of(folder.toString()),
                base.flushThreads(),
                base.readThreads(),
                base.openFilesMax(),
                base.reserveBytes(),
                100,
                100,
                100,
                BACKOFF_MS,
                base.cleanerBytesMax(),
                base.cleanerBytesPerSecondMax());
        GroupsConfig groups = GroupsConfig.DEFAULT;
        return Node.start(new ServerConfig(
                NodeConfig.DEFAULT,
                storage,
                new ListenersConfig(ANY_PORT, ANY_PORT, Endpoint.OFF),
                NetworkConfig.DEFAULT,
                new GroupsConfig(
                        0,
                        groups.sessionMsMin(),
                        groups.sessionMsMax(),
                        groups.membersMax(),
                        groups.offsetsRetentionMs(),
                        1,
                        groups.offsetMetadataBytesMax()),
                QuotasConfig.DEFAULT,
                Map.of()));
    }

    static String at(int port) {
        return "127.0.0.1:" + port;
    }

    static String at(Node node) {
        return at(node.kafkaAddress().getPort());
    }

    static Admin admin(String at) {
        return Admin.create(Map.of("bootstrap.servers", at));
    }

    /// A compacted topic that begins a segment every second of its records' time.
    static void createTopic(String at, Map<String, String> more) throws ExecutionException, InterruptedException {
        createTopic(at, TOPIC, more);
    }

    static void createTopic(String at, String name, Map<String, String> more)
            throws ExecutionException, InterruptedException {
        var configs = new HashMap<>(Map.of(
                "cleanup.policy", "compact",
                "segment.ms", "1000",
                "min.cleanable.dirty.ratio", "0.01",
                "file.delete.delay.ms", "100"));
        configs.putAll(more);
        try (Admin admin = admin(at)) {
            admin.createTopics(Set.of(new NewTopic(name, 1, (short) 1).configs(configs)))
                    .all()
                    .get();
        }
    }

    static KafkaProducer<String, String> producer(String at) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", at, "acks", "all", "linger.ms", 1, "batch.size", 400),
                new StringSerializer(),
                new StringSerializer());
    }

    static KafkaConsumer<String, String> consumer(String at) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        at,
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        false,
                        "max.partition.fetch.bytes",
                        4000),
                new StringDeserializer(),
                new StringDeserializer());
    }

    /// Everything in the topic, from its begin to where it ended when the reading began.
    static List<ConsumerRecord<String, String>> readAll(String at) {
        List<ConsumerRecord<String, String>> all = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = consumer(at)) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            long end = consumer.endOffsets(List.of(PARTITION)).get(PARTITION);
            while (consumer.position(PARTITION) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(all::add);
            }
        }
        return all;
    }

    /// Up to where the cleaner's checkpoint says that a partition was cleaned, 0 when it says nothing.
    static long cleanedUpTo(Path folder, String topic) throws IOException {
        Path file = folder.resolve("cleaner-offset-checkpoint");
        if (!Files.exists(file)) {
            return 0;
        }
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(topic + " 0 "))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElse(0);
    }
}
