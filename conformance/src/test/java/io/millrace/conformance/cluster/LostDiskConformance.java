package io.millrace.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.cluster.local.NodeProcess;
import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.Skip;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A voter comes back with an empty disk, and counts again before the next node dies.
final class LostDiskConformance {
    @Test
    @Timeout(value = 4, unit = TimeUnit.MINUTES)
    void theNodeVotesAgainByItselfAndTheClusterSurvivesTheNextLoss()
            throws IOException, InterruptedException, ExecutionException {
        if (BrokerKind.underTest() == BrokerKind.KAFKA) {
            throw Skip.because("Kafka's folders are formatted by an operator");
        }
        try (var cluster = ClusterUnderTest.start();
                Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrap()))) {
            cluster.topic("before", 3);
            QuorumInfo quorum = admin.describeMetadataQuorum().quorumInfo().get();
            NodeProcess wiped = cluster.nodes().node(quorum.leaderId());
            Uuid lost = directory(quorum, wiped.id());

            cluster.wipe(wiped);

            ClusterUnderTest.await("a vote for the new disk of node " + wiped.id(), () -> {
                QuorumInfo now = admin.describeMetadataQuorum().quorumInfo().get();
                return now.voters().size() == ClusterUnderTest.NODES
                        && !directory(now, wiped.id()).equals(lost);
            });
            cluster.awaitInSync("before");
            NodeProcess next = cluster.nodes().all().stream()
                    .filter(node -> node.id() != wiped.id())
                    .findFirst()
                    .orElseThrow();
            cluster.kill9(next);

            // One of the old voters is left: it decides nothing without the one that came back.
            cluster.create(new NewTopic("after", 3, (short) 2));
            ClusterUnderTest.awaitAsserted(
                    "both topics",
                    () -> assertThat(admin.describeTopics(List.of("before", "after"))
                                    .allTopicNames()
                                    .get())
                            .hasSize(2));
        }
    }

    private static Uuid directory(QuorumInfo quorum, int node) {
        return quorum.voters().stream()
                .filter(voter -> voter.replicaId() == node)
                .map(QuorumInfo.ReplicaState::replicaDirectoryId)
                .findFirst()
                .orElse(Uuid.ZERO_UUID);
    }
}
