package io.millrace.conformance.cluster;

import io.millrace.cli.cluster.local.NodeProcess;
import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.Skip;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The disk of a node runs full, and the others have room.
final class FullDiskInClusterConformance {
    private static final int PARTITIONS = 3;

    /// Without a vote for another one it would be as long as the disk is full.
    private static final Duration CONTROLLER_MAX = Duration.ofSeconds(30);

    /// Less than what nodes keep back for themselves: records are refused, metadata is not.
    private static final long SOME_ROOM = 16 << 20;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void othersTakeTheRecordsThatANodeHasNoRoomFor() throws IOException, InterruptedException {
        fillTheController("some-room", SOME_ROOM);
    }

    /// Not even a change of the metadata can be written: others have to decide.
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aControllerWithoutAnyRoomDoesNotHoldUpTheCluster() throws IOException, InterruptedException {
        fillTheController("no-room", 0);
    }

    private static boolean isReplaced(ClusterUnderTest cluster, NodeProcess controller) {
        return cluster.view().controller().orElse(controller.id()) != controller.id();
    }

    private static void fillTheController(String topic, long roomBytes) throws IOException, InterruptedException {
        if (BrokerKind.underTest() == BrokerKind.KAFKA) {
            throw Skip.because("Kafka ends when its only disk is full");
        }
        Machines machines = Machines.under(ClusterUnderTest.software(), 1);
        try (var cluster = ClusterUnderTest.start(machines)) {
            UnderLoad.judge(cluster, topic, PARTITIONS, load -> {
                NodeProcess full = cluster.controller();

                machines.of(full.id()).fill(roomBytes);

                ClusterUnderTest.await(
                        "a controller with room", CONTROLLER_MAX, () -> roomBytes > 0 || isReplaced(cluster, full));
                ClusterUnderTest.await("others in place of node " + full.id(), () -> cluster.isLeftOut(full, topic));
                load.awaitProgress();
                ClusterUnderTest.await(
                        "a decision", () -> cluster.view().create(new NewTopic(topic + "-meanwhile", 1, (short) 2)));
                cluster.mayEnd(full);
                machines.of(full.id()).healDisks();
            });
        }
    }
}
