package io.millrace.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.cluster.local.NodeProcess;
import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.Finished;
import io.millrace.conformance.KafkaTools;
import io.millrace.conformance.Programs;
import io.millrace.conformance.Repository;
import io.millrace.conformance.Skip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Three nodes as Kafka's own admin client and tools see them, whichever they ask.
final class MembersConformance {
    private static final String QUORUM = "org.apache.kafka.tools.MetadataQuorumCommand";

    private static final Duration COMMAND_MAX = Duration.ofSeconds(45);
    private static final long STOP_MS_MAX = 2_500;

    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void everyNodeTakesChangesAndTellsTheSame() throws IOException, InterruptedException, ExecutionException {
        try (var cluster = ClusterUnderTest.start()) {
            for (NodeProcess node : cluster.nodes().all()) {
                try (Admin admin = admin(node)) {
                    admin.createTopics(List.of(new NewTopic("by-node-" + node.id(), 3, (short) 3)))
                            .all()
                            .get();
                    ClusterUnderTest.awaitAsserted(
                            "the topic made by node " + node.id(),
                            () -> assertThat(admin.describeTopics(List.of("by-node-" + node.id()))
                                            .allTopicNames()
                                            .get())
                                    .hasSize(1));
                }
            }
            for (NodeProcess node : cluster.nodes().all()) {
                try (Admin admin = admin(node)) {
                    ClusterUnderTest.await(
                            "all topics on node " + node.id(),
                            () -> admin.listTopics().names().get().size() == ClusterUnderTest.NODES);
                    ClusterUnderTest.awaitAsserted("the quorum on node " + node.id(), () -> {
                        QuorumInfo quorum =
                                admin.describeMetadataQuorum().quorumInfo().get();
                        assertThat(quorum.voters())
                                .extracting(QuorumInfo.ReplicaState::replicaId)
                                .containsExactlyInAnyOrder(1, 2, 3);
                        // Nobody knows the end of a voter that has not fetched from this leader yet
                        assertThat(quorum.voters()).allMatch(voter -> voter.logEndOffset() >= 0);
                        assertThat(quorum.leaderId()).isBetween(1, 3);
                    });
                }
            }
        }
    }

    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void kafkasToolDescribesTheQuorumAndTakesAVote() throws IOException, InterruptedException, ExecutionException {
        try (var cluster = ClusterUnderTest.start();
                var tools = new KafkaTools();
                Admin admin = admin(cluster.nodes().all().getFirst())) {
            QuorumInfo quorum = admin.describeMetadataQuorum().quorumInfo().get();
            QuorumInfo.ReplicaState follower = quorum.voters().stream()
                    .filter(voter -> voter.replicaId() != quorum.leaderId())
                    .findFirst()
                    .orElseThrow();

            Finished status =
                    tools.run(QUORUM, List.of("--bootstrap-server", cluster.bootstrap(), "describe", "--status"));
            Finished replication =
                    tools.run(QUORUM, List.of("--bootstrap-server", cluster.bootstrap(), "describe", "--replication"));
            Finished removed = tools.run(
                    QUORUM,
                    List.of(
                            "--bootstrap-server",
                            cluster.bootstrap(),
                            "remove-controller",
                            "--controller-id",
                            Integer.toString(follower.replicaId()),
                            "--controller-directory-id",
                            follower.replicaDirectoryId().toString()));

            assertThat(status.out())
                    .contains("LeaderId:")
                    .contains("CurrentVoters:")
                    .contains("MaxFollowerLag:");
            assertThat(replication.out()).contains("Leader").contains("Follower");
            assertThat(removed.exit()).as("%s", removed).isZero();
            ClusterUnderTest.await(
                    "two voters",
                    () -> admin.describeMetadataQuorum()
                                    .quorumInfo()
                                    .get()
                                    .voters()
                                    .size()
                            == 2);
        }
    }

    /// Node 1 is down while 4 takes the vote of 2; then 3 fails, and 1 and 4 are all it takes.
    @Test
    @Timeout(value = 4, unit = TimeUnit.MINUTES)
    void whoWasDownWhileAVoterWasReplacedComesBack() throws IOException, InterruptedException, ExecutionException {
        if (BrokerKind.underTest() == BrokerKind.KAFKA) {
            throw Skip.because("Kafka's nodes vote without asking");
        }
        try (var cluster = ClusterUnderTest.start(4);
                Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrap()))) {
            NodeProcess absent = cluster.nodes().node(1);
            vote(cluster, admin, "remove", 4, 1, 2, 3);
            cluster.stop(absent);
            vote(cluster, admin, "add", 4, 1, 2, 3, 4);
            vote(cluster, admin, "remove", 2, 1, 3, 4);
            cluster.kill9(cluster.nodes().node(2));
            cluster.kill9(cluster.nodes().node(3));
            // Had it been the controller it would answer as that for a moment, which is enough.
            Path told = cluster.nodes().node(4).place().log();
            ClusterUnderTest.await(
                    "node 4 to know that it is alone",
                    () -> Files.readString(told).contains("event=no-majority"));

            cluster.restart(absent);

            ClusterUnderTest.await(
                    "a majority of 1 and 4", () -> Files.readString(told).contains("event=majority-back"));
        }
    }

    /// Whoever is left has nobody to hand over to and no quorum to ask.
    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void theLastNodeStopsAsFastAsTheFirst() throws IOException, InterruptedException {
        if (BrokerKind.underTest() == BrokerKind.KAFKA) {
            throw Skip.because("Kafka waits for its session to end");
        }
        try (var cluster = ClusterUnderTest.start()) {
            cluster.topic("stopped", 6);
            for (NodeProcess node : cluster.nodes().all()) {
                long startNs = System.nanoTime();
                cluster.stop(node);
                long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
                System.err.println("node " + node.id() + " stopped in " + tookMs + " ms");
                assertThat(tookMs)
                        .as("node %d: %s", node.id(), node.lastLines())
                        .isLessThan(STOP_MS_MAX);
            }
        }
    }

    /// Asked again until it is so: an answer may be lost.
    private static void vote(ClusterUnderTest cluster, Admin admin, String word, int node, Integer... voters) {
        List<String> command = List.of(
                Repository.file("bin/millrace").toString(),
                "cluster",
                word,
                Integer.toString(node),
                "--bootstrap",
                cluster.bootstrap());
        ClusterUnderTest.awaitAsserted("the voters " + List.of(voters), () -> {
            Finished run = Programs.run(COMMAND_MAX, command, "", Map.of("JAVA_HOME", System.getProperty("java.home")));
            assertThat(admin.describeMetadataQuorum().quorumInfo().get().voters())
                    .as("%s", run)
                    .extracting(QuorumInfo.ReplicaState::replicaId)
                    .containsExactlyInAnyOrder(voters);
        });
    }

    private static Admin admin(NodeProcess node) {
        return Admin.create(
                Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, node.place().kafkaAddress()));
    }
}
