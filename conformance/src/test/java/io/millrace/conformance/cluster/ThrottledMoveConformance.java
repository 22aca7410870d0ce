package io.millrace.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.Finished;
import io.millrace.conformance.KafkaTools;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A replica is moved by Kafka's own tool, which throttles the copy and takes the throttle away again (KIP-73).
final class ThrottledMoveConformance {
    private static final String TOOL = "org.apache.kafka.tools.reassign.ReassignPartitionsCommand";
    private static final String TOPIC = "moved";
    private static final int RECORDS = 1_400;
    private static final int RECORD_BYTES = 10_000;
    private static final int BYTES_PER_SECOND = 2_000_000;
    private static final int WRITES_MEANWHILE = 50;

    /// Seven seconds, less what is under way at the end.
    private static final long MOVE_MS_MIN = 5_500;

    @TempDir
    private Path folder;

    @Test
    @Timeout(value = 4, unit = TimeUnit.MINUTES)
    void aMoveKeepsToItsRateAndHoldsNobodyElseUp() throws IOException, InterruptedException, ExecutionException {
        try (var cluster = ClusterUnderTest.start();
                var tools = new KafkaTools();
                var admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrap()));
                var producer = producer(cluster)) {
            cluster.create(new NewTopic(TOPIC, Map.of(0, List.of(1, 2))).configs(Map.of("min.insync.replicas", "2")));
            write(producer, RECORDS);

            long startNs = System.nanoTime();
            Finished begun = reassign(cluster, tools, "--execute", "--throttle", Integer.toString(BYTES_PER_SECOND));
            assertThat(begun.exit()).as("%s", begun).isZero();
            for (int at = 0; at < WRITES_MEANWHILE; at++) {
                write(producer, 1); // acknowledged by those in sync, one after the other
            }
            ClusterUnderTest.await("the move's begin", () -> isMoving(admin));
            assertThat(verify(cluster, tools)).contains("is still in progress").doesNotContain("Clearing");
            ClusterUnderTest.await(
                    "the move", () -> !isMoving(admin) && inSync(admin).equals(List.of(1, 3)));
            long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
            System.err.println("throttled move: " + tookMs + " ms");

            assertThat(tookMs).isGreaterThan(MOVE_MS_MIN);
            assertThat(verify(cluster, tools))
                    .contains("is completed")
                    .contains("Clearing broker-level throttles")
                    .contains("Clearing topic-level throttles");
            ClusterUnderTest.await(
                    "nothing to be throttled", () -> throttles(admin).isEmpty());
            if (BrokerKind.underTest() == BrokerKind.MILLRACE) {
                long bytes = (long) RECORDS * RECORD_BYTES;
                assertThat(metric(cluster, 1, "leader_replication_throttled_bytes_total"))
                        .isBetween(bytes, bytes * 2);
                assertThat(metric(cluster, 3, "follower_replication_throttled_bytes_total"))
                        .isBetween(bytes, bytes * 2);
                assertThat(metric(cluster, 2, "follower_replication_throttled_bytes_total"))
                        .isZero();
            }
        }
    }

    private static void write(KafkaProducer<String, String> producer, int records)
            throws ExecutionException, InterruptedException {
        var sent = new ArrayList<Future<RecordMetadata>>();
        for (int at = 0; at < records; at++) {
            sent.add(producer.send(new ProducerRecord<>(TOPIC, 0, null, "x".repeat(RECORD_BYTES))));
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

    private String verify(ClusterUnderTest cluster, KafkaTools tools) throws IOException {
        return reassign(cluster, tools, "--verify").out();
    }

    private Finished reassign(ClusterUnderTest cluster, KafkaTools tools, String... words) throws IOException {
        Path plan = folder.resolve("plan.json");
        Files.writeString(plan, """
                {"version":1,"partitions":[{"topic":"%s","partition":0,"replicas":[1,3]}]}
                """.formatted(TOPIC));
        List<String> arguments = Stream.concat(
                        Stream.of(
                                "--bootstrap-server", cluster.bootstrap(), "--reassignment-json-file", plan.toString()),
                        Stream.of(words))
                .toList();
        return tools.run(TOOL, arguments);
    }

    private static boolean isMoving(Admin admin) throws ExecutionException, InterruptedException {
        return !admin.listPartitionReassignments().reassignments().get().isEmpty();
    }

    private static List<Integer> inSync(Admin admin) throws ExecutionException, InterruptedException {
        TopicPartitionInfo partition = admin.describeTopics(List.of(TOPIC))
                .allTopicNames()
                .get()
                .get(TOPIC)
                .partitions()
                .getFirst();
        return partition.isr().stream().map(Node::id).sorted().toList();
    }

    /// Settings somebody gave that have to do with throttles.
    private static List<String> throttles(Admin admin) throws ExecutionException, InterruptedException {
        var resources = new ArrayList<ConfigResource>();
        resources.add(new ConfigResource(ConfigResource.Type.TOPIC, TOPIC));
        for (int node = 1; node <= ClusterUnderTest.NODES; node++) {
            resources.add(new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(node)));
        }
        return admin.describeConfigs(resources).all().get().values().stream()
                .flatMap(config -> config.entries().stream())
                .filter(entry -> entry.name().contains("throttled") && !entry.isDefault())
                .map(entry -> entry.name() + "=" + entry.value())
                .toList();
    }

    private static long metric(ClusterUnderTest cluster, int node, String name)
            throws IOException, InterruptedException {
        int port = cluster.nodes().node(node).place().thirdPort();
        try (var http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body()
                    .lines()
                    .filter(line -> line.startsWith("millrace_" + name + " "))
                    .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
