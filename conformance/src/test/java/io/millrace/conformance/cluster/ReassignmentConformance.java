package io.millrace.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.cluster.local.NodeProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Replicas and leaders moved by Kafka's own admin client, on three nodes.
final class ReassignmentConformance {
    private static final TopicPartition PARTITION = new TopicPartition("moving", 0);
    private static final int RECORDS = 500;

    @Test
    @Timeout(value = 4, unit = TimeUnit.MINUTES)
    void movesAPartitionWithItsRecordsAndItsLeader() throws IOException, InterruptedException, ExecutionException {
        try (var cluster = ClusterUnderTest.start();
                Admin admin = admin(cluster)) {
            admin.createTopics(List.of(new NewTopic(PARTITION.topic(), Map.of(0, List.of(1, 2)))))
                    .all()
                    .get();
            produce(cluster);

            reassign(admin, Optional.of(new NewPartitionReassignment(List.of(3, 2))));
            ClusterUnderTest.awaitAsserted("the move", () -> {
                TopicPartitionInfo moved = partition(admin);
                assertThat(ids(moved.replicas())).containsExactly(3, 2);
                assertThat(ids(moved.isr())).containsExactlyInAnyOrder(3, 2);
                assertThat(leader(moved)).isIn(2, 3);
                assertThat(admin.listPartitionReassignments().reassignments().get())
                        .isEmpty();
            });

            assertThat(readAll(cluster)).isEqualTo(RECORDS);
            assertThatThrownBy(() -> reassign(admin, Optional.empty()))
                    .hasCauseInstanceOf(NoReassignmentInProgressException.class);
            leadByPreferred(admin);
            growAndShrink(admin);
            leaveAndForget(cluster, admin);
        }
    }

    private static void leadByPreferred(Admin admin) throws ExecutionException, InterruptedException {
        // That it leads already is a good answer too
        assertThat(elect(admin).filter(failed -> !(failed instanceof ElectionNotNeededException)))
                .isEmpty();
        ClusterUnderTest.await("the preferred leader", () -> leader(partition(admin)) == 3);
        assertThat(elect(admin)).get().isInstanceOf(ElectionNotNeededException.class);
    }

    private static Optional<Throwable> elect(Admin admin) throws ExecutionException, InterruptedException {
        return admin.electLeaders(ElectionType.PREFERRED, Set.of(PARTITION))
                .partitions()
                .get()
                .get(PARTITION);
    }

    private static void growAndShrink(Admin admin) throws ExecutionException, InterruptedException {
        reassign(admin, Optional.of(new NewPartitionReassignment(List.of(3, 2, 1))));
        ClusterUnderTest.await(
                "three replicas in sync", () -> partition(admin).isr().size() == 3);
        reassign(admin, Optional.of(new NewPartitionReassignment(List.of(3, 1))));
        ClusterUnderTest.await(
                "two replicas", () -> ids(partition(admin).replicas()).equals(List.of(3, 1)));
    }

    /// A node that died is shown as fenced, is forgotten, and comes back under a new epoch.
    private static void leaveAndForget(ClusterUnderTest cluster, Admin admin)
            throws IOException, ExecutionException, InterruptedException {
        NodeProcess third = cluster.nodes().all().get(2);
        cluster.kill9(third);
        ClusterUnderTest.await("another leader", () -> leader(partition(admin)) == 1);
        ClusterUnderTest.awaitAsserted("a fenced node", () -> {
            assertThat(nodes(admin, false)).hasSize(2);
            assertThat(nodes(admin, true))
                    .hasSize(3)
                    .filteredOn(Node::isFenced)
                    .extracting(Node::id)
                    .containsExactly(3);
        });
        admin.unregisterBroker(3).all().get();
        ClusterUnderTest.await("a node forgotten", () -> nodes(admin, true).size() == 2);

        cluster.restart(third);
        ClusterUnderTest.await("three nodes again", () -> nodes(admin, false).size() == 3);
        ClusterUnderTest.await(
                "both replicas in sync", () -> partition(admin).isr().size() == 2);
        assertThat(readAll(cluster)).isEqualTo(RECORDS);
    }

    private static List<Node> nodes(Admin admin, boolean fencedToo) throws ExecutionException, InterruptedException {
        return List.copyOf(admin.describeCluster(new DescribeClusterOptions().includeFencedBrokers(fencedToo))
                .nodes()
                .get());
    }

    private static void reassign(Admin admin, Optional<NewPartitionReassignment> wish)
            throws ExecutionException, InterruptedException {
        admin.alterPartitionReassignments(Map.of(PARTITION, wish)).all().get();
    }

    private static TopicPartitionInfo partition(Admin admin) throws ExecutionException, InterruptedException {
        return admin.describeTopics(List.of(PARTITION.topic()))
                .allTopicNames()
                .get()
                .get(PARTITION.topic())
                .partitions()
                .getFirst();
    }

    /// 0 while nobody leads it.
    private static int leader(TopicPartitionInfo partition) {
        return partition.leader() == null ? 0 : partition.leader().id();
    }

    private static List<Integer> ids(List<Node> nodes) {
        return nodes.stream().map(Node::id).toList();
    }

    private static void produce(ClusterUnderTest cluster) throws ExecutionException, InterruptedException {
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrap(),
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        try (var producer = new KafkaProducer<String, String>(settings)) {
            for (int at = 0; at < RECORDS - 1; at++) {
                producer.send(new ProducerRecord<>(PARTITION.topic(), 0, null, "record " + at));
            }
            producer.send(new ProducerRecord<>(PARTITION.topic(), 0, null, "last"))
                    .get();
        }
    }

    private static int readAll(ClusterUnderTest cluster) {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                cluster.bootstrap(),
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                StringDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                StringDeserializer.class);
        try (var consumer = new KafkaConsumer<String, String>(settings)) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            int[] read = new int[1];
            ClusterUnderTest.await("all records", () -> {
                read[0] += consumer.poll(Duration.ofMillis(200)).count();
                return read[0] >= RECORDS;
            });
            return read[0];
        }
    }

    private static Admin admin(ClusterUnderTest cluster) {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrap()));
    }
}
