package io.millrace.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.cluster.local.NodeProcess;
import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.Skip;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.common.TopicPartitionReplica;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Leaders and followers move between the disks of their nodes at once, while a leader dies and the rest is written to.
final class LogMoveInClusterConformance {
    private static final String TOPIC = "moving";
    private static final int PARTITIONS = 6;
    private static final int DISKS = 2;
    private static final int ROUNDS = 3;
    private static final List<Integer> NODES =
            IntStream.rangeClosed(1, ClusterUnderTest.NODES).boxed().toList();

    @Test
    @Timeout(value = 8, unit = TimeUnit.MINUTES)
    void everyReplicaMovesWhileALeaderDies() throws IOException, InterruptedException {
        if (BrokerKind.underTest() == BrokerKind.KAFKA) {
            throw Skip.because("Kafka under test has one folder");
        }
        Machines machines = Machines.under(ClusterUnderTest.software(), DISKS);
        try (var cluster = ClusterUnderTest.start(machines);
                Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrap()))) {
            UnderLoad.judge(cluster, TOPIC, PARTITIONS, load -> {
                for (int round = 0; round < ROUNDS; round++) {
                    load.awaitMore(500);
                    Map<TopicPartitionReplica, String> wishes = wishes(admin);
                    assertThat(wishes).hasSize(PARTITIONS * NODES.size());
                    NodeProcess leader = cluster.leader(TOPIC, round);

                    ask(admin, wishes);
                    cluster.kill9(leader);
                    load.awaitProgress();
                    cluster.restart(leader);

                    ClusterUnderTest.awaitAsserted(
                            "every replica where it was wished for",
                            () -> assertThat(places(admin, false)).isEqualTo(wishes));
                    ClusterUnderTest.await(
                            "no copy left", () -> places(admin, true).isEmpty());
                    cluster.awaitInSync(TOPIC);
                }
            });
        }
    }

    private static void ask(Admin admin, Map<TopicPartitionReplica, String> wishes) throws InterruptedException {
        try {
            admin.alterReplicaLogDirs(wishes).all().get();
        } catch (ExecutionException refused) {
            throw new AssertionError(refused);
        }
    }

    /// For each replica the disk it is not on.
    private static Map<TopicPartitionReplica, String> wishes(Admin admin) throws InterruptedException {
        var wishes = new HashMap<TopicPartitionReplica, String>();
        Map<Integer, Map<String, LogDirDescription>> all = described(admin);
        places(admin, false)
                .forEach((replica, here) -> all.get(replica.brokerId()).keySet().stream()
                        .filter(folder -> !folder.equals(here))
                        .forEach(folder -> wishes.put(replica, folder)));
        return wishes;
    }

    private static Map<TopicPartitionReplica, String> places(Admin admin, boolean isFuture)
            throws InterruptedException {
        var places = new HashMap<TopicPartitionReplica, String>();
        described(admin)
                .forEach((node, folders) -> folders.forEach((folder, described) -> described
                        .replicaInfos()
                        .forEach((partition, replica) -> {
                            if (partition.topic().equals(TOPIC) && replica.isFuture() == isFuture) {
                                places.put(new TopicPartitionReplica(TOPIC, partition.partition(), node), folder);
                            }
                        })));
        return places;
    }

    private static Map<Integer, Map<String, LogDirDescription>> described(Admin admin) throws InterruptedException {
        try {
            return admin.describeLogDirs(NODES).allDescriptions().get();
        } catch (ExecutionException refused) {
            throw new AssertionError(refused);
        }
    }
}
