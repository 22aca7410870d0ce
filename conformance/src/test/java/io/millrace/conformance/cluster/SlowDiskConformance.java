package io.millrace.conformance.cluster;

import io.millrace.cli.cluster.local.NodeProcess;
import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.Skip;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A follower whose disk takes its time is not waited for, and is taken back when the disk is quick again.
final class SlowDiskConformance {
    private static final String TOPIC = "slow-disk";
    private static final List<String> SHORT_LAG = List.of("replica.lag.time.max.ms=1000");
    private static final Duration SYNC = Duration.ofSeconds(4);

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aFollowerThatSyncsTooSlowlyLeavesTheInSyncReplicasAndComesBack() throws IOException, InterruptedException {
        if (BrokerKind.underTest() == BrokerKind.KAFKA) {
            throw Skip.because("Kafka does not wait for disks");
        }
        Machines machines = Machines.under(ClusterUnderTest.software(), 1);
        try (var cluster = ClusterUnderTest.start(new WithSettings(machines, node -> SHORT_LAG))) {
            UnderLoad.judge(cluster, TOPIC, 1, load -> {
                NodeProcess slow = follower(cluster);

                machines.of(slow.id()).slowSyncs(SYNC);

                ClusterUnderTest.await(
                        "node " + slow.id() + " out of the in-sync replicas", () -> cluster.isLeftOut(slow, TOPIC));
                load.awaitProgress();
                machines.of(slow.id()).healDisks();
                cluster.awaitInSync(TOPIC);
            });
        }
    }

    /// One that neither leads the partition nor decides about the cluster.
    private static NodeProcess follower(ClusterUnderTest cluster) {
        NodeProcess leader = cluster.leader(TOPIC, 0);
        NodeProcess controller = cluster.controller();
        return cluster.nodes().all().stream()
                .filter(node -> node != leader && node != controller)
                .findFirst()
                .orElseThrow();
    }
}
