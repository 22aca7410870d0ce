package io.millrace.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.cluster.local.NodeProcess;
import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.Finished;
import io.millrace.conformance.Programs;
import io.millrace.conformance.Repository;
import io.millrace.conformance.Skip;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Four nodes, of which one is emptied by `millrace cluster drain`, and what can not be moved is named.
final class DrainConformance {
    private static final int NODES = 4;
    private static final int PARTITIONS = 8;
    private static final int RECORDS = 400;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aNodeIsEmptiedAndKeptEmptyUntilThatIsUndone() throws IOException, InterruptedException, ExecutionException {
        if (BrokerKind.underTest() == BrokerKind.KAFKA) {
            throw Skip.because("the command is ours");
        }
        try (var cluster = ClusterUnderTest.start(NODES);
                Admin admin = admin(cluster)) {
            cluster.topic("three", PARTITIONS);
            admin.createTopics(List.of(new NewTopic("one", Map.of(0, List.of(2), 1, List.of(1)))))
                    .all()
                    .get();
            produce(cluster, "three");
            produce(cluster, "one");

            Finished drained = millrace(cluster, "cluster", "drain", "2").ok();

            assertThat(drained.out()).contains("Node 2 has no replicas any more");
            ClusterUnderTest.awaitAsserted("node 2 emptied and kept so", () -> {
                assertThat(replicas(admin, "three"))
                        .allSatisfy(nodes -> assertThat(nodes).containsExactlyInAnyOrder(1, 3, 4));
                assertThat(replicas(admin, "one")).noneMatch(nodes -> nodes.contains(2));
                assertThat(isCordoned(admin, 2)).isTrue();
                assertThat(isCordoned(admin, 3)).isFalse();
            });
            assertThat(end(admin, "three") + end(admin, "one")).isEqualTo(2L * RECORDS);
            admin.createTopics(List.of(new NewTopic("later", 6, (short) 3)))
                    .all()
                    .get();
            assertThat(replicas(admin, "later")).hasSize(6).noneMatch(nodes -> nodes.contains(2));

            Finished stuck = millrace(cluster, "cluster", "drain", "3", "-o", "json");
            assertThat(stuck.exit()).as("%s", stuck).isEqualTo(5);
            assertThat(stuck.out()).contains("\"stuck\":[").contains("\"three:0\"");

            millrace(cluster, "cluster", "drain", "3", "--undo").ok();
            millrace(cluster, "cluster", "drain", "2", "--undo").ok();
            ClusterUnderTest.await("node 2 taking replicas again", () -> !isCordoned(admin, 2));
            millrace(cluster, "cluster", "move", "three:0,1", "--replicas", "2,4")
                    .ok();
            ClusterUnderTest.awaitAsserted(
                    "the move",
                    () -> assertThat(replicas(admin, "three").subList(0, 2)).containsOnly(List.of(2, 4)));
            assertThat(millrace(cluster, "cluster", "move", "three:0", "--replicas", "2,9")
                            .exit())
                    .isEqualTo(5);
            assertThat(end(admin, "three")).isEqualTo(RECORDS);

            // A node that is down is emptied from what the others have.
            admin.deleteTopics(List.of("one", "later")).all().get();
            admin.createTopics(List.of(new NewTopic("lonely", Map.of(0, List.of(4)))))
                    .all()
                    .get();
            NodeProcess dead = cluster.nodes().node(4);
            cluster.kill9(dead);
            ClusterUnderTest.await("three nodes", () -> cluster.view().nodes() == NODES - 1);
            Finished left = millrace(cluster, "cluster", "drain", "4", "-o", "json");
            assertThat(left.exit()).as("%s", left).isEqualTo(5);
            assertThat(left.out()).contains("\"left\":[],\"stuck\":[\"lonely:0\"]");
            ClusterUnderTest.awaitAsserted(
                    "node 4 emptied", () -> assertThat(replicas(admin, "three")).noneMatch(nodes -> nodes.contains(4)));
            assertThat(end(admin, "three")).isEqualTo(RECORDS);
        }
    }

    private static Admin admin(ClusterUnderTest cluster) {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrap()));
    }

    private static Finished millrace(ClusterUnderTest cluster, String... words) {
        List<String> command =
                new ArrayList<>(List.of(Repository.file("bin/millrace").toString()));
        command.addAll(List.of(words));
        command.addAll(List.of("--bootstrap", cluster.bootstrap()));
        return Programs.run(Duration.ofSeconds(90), command, "", Map.of("JAVA_HOME", System.getProperty("java.home")));
    }

    private static List<List<Integer>> replicas(Admin admin, String topic) {
        return partitions(admin, topic).stream()
                .map(info -> info.replicas().stream().map(Node::id).toList())
                .toList();
    }

    /// Whichever node is asked may hear of a new topic a moment later than the one that made it.
    private static List<TopicPartitionInfo> partitions(Admin admin, String topic) {
        var found = new ArrayList<TopicPartitionInfo>();
        ClusterUnderTest.await(
                "topic " + topic,
                () -> found.addAll(admin.describeTopics(List.of(topic))
                        .allTopicNames()
                        .get()
                        .get(topic)
                        .partitions()));
        return found;
    }

    private static boolean isCordoned(Admin admin, int node) throws ExecutionException, InterruptedException {
        return admin.describeLogDirs(List.of(node)).allDescriptions().get().get(node).values().stream()
                .allMatch(LogDirDescription::isCordoned);
    }

    private static void produce(ClusterUnderTest cluster, String topic) {
        var settings = Map.<String, Object>of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrap(), ProducerConfig.ACKS_CONFIG, "all");
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            for (int number = 0; number < RECORDS; number++) {
                producer.send(new ProducerRecord<>(topic, "key-" + number, "value"));
            }
        }
    }

    private static long end(Admin admin, String topic) throws ExecutionException, InterruptedException {
        var wanted = new HashMap<TopicPartition, OffsetSpec>();
        partitions(admin, topic)
                .forEach(info -> wanted.put(new TopicPartition(topic, info.partition()), OffsetSpec.latest()));
        return admin.listOffsets(wanted).all().get().values().stream()
                .mapToLong(found -> found.offset())
                .sum();
    }
}
