package io.millrace.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.cluster.local.NodeProcess;
import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.Skip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A node has two disks, and one of them breaks while the cluster is written to.
final class FailedDiskConformance {
    private static final String TOPIC = "two-disks";
    private static final int PARTITIONS = 6;
    private static final int DISKS = 2;

    /// The hard one: the writes before it seemed to go well, and the next sync may seem so, too.
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void whatCanNotBeSyncedIsLedByOthersAndTheOtherDiskGoesOn() throws IOException, InterruptedException {
        losesADisk(Machine::failSyncs);
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void whatCanNotBeReadOrWrittenIsLedByOthersAndTheOtherDiskGoesOn() throws IOException, InterruptedException {
        losesADisk(Machine::fail);
    }

    private static void losesADisk(BiConsumer<Machine, Path> failure) throws IOException, InterruptedException {
        if (BrokerKind.underTest() == BrokerKind.KAFKA) {
            throw Skip.because("Kafka waits for an operator when a disk has failed");
        }
        Machines machines = Machines.under(ClusterUnderTest.software(), DISKS);
        try (var cluster = ClusterUnderTest.start(machines)) {
            UnderLoad.judge(cluster, TOPIC, PARTITIONS, load -> {
                NodeProcess node = cluster.leader(TOPIC, 0);
                Machine machine = machines.of(node.id());
                List<Integer> lost = partitionsOn(machine.disks().getLast());
                List<Integer> kept = partitionsOn(machine.disks().getFirst());
                assertThat(lost).isNotEmpty();
                assertThat(kept).hasSize(PARTITIONS - lost.size()).isNotEmpty();

                failure.accept(machine, machine.disks().getLast());

                ClusterUnderTest.await(
                        "others in place of node " + node.id() + " in " + lost,
                        () -> all(
                                cluster,
                                lost,
                                info -> ClusterUnderTest.isLed(info) && !ClusterUnderTest.isInSync(info, node)));
                load.awaitProgress();
                assertThat(node.isAlive()).isTrue();
                ClusterUnderTest.await(
                        "node " + node.id() + " in sync in " + kept,
                        () -> all(cluster, kept, info -> ClusterUnderTest.isInSync(info, node)));

                machine.healDisks();
            });
        }
    }

    private static List<Integer> partitionsOn(Path disk) {
        return IntStream.range(0, PARTITIONS)
                .filter(partition -> Files.exists(disk.resolve(TOPIC + "-" + partition)))
                .boxed()
                .toList();
    }

    private static boolean all(
            ClusterUnderTest cluster, List<Integer> partitions, Predicate<TopicPartitionInfo> condition) {
        List<TopicPartitionInfo> seen = cluster.view().partitions(TOPIC);
        return seen.size() == PARTITIONS
                && seen.stream()
                        .filter(info -> partitions.contains(info.partition()))
                        .allMatch(condition);
    }
}
