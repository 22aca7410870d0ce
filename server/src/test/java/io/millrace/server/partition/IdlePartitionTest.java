package io.millrace.server.partition;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millrace.broker.catalog.TopicSettings;
import io.millrace.broker.catalog.TopicSettings.Durability;
import io.millrace.broker.partition.Acks;
import io.millrace.cluster.replica.Assignment;
import io.millrace.cluster.replica.Partition;
import io.millrace.log.config.LogConfig;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import io.millrace.server.loop.DiskLoop;
import io.millrace.testkit.ManualClock;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a partition costs that nobody writes to: 100,000 of them have to fit beside everything else.
final class IdlePartitionTest {
    private static final int COUNT = 10_000;

    /// Everything one takes while it is opened, garbage included: that is exact (1,911 bytes) where a heap is not. A
    /// queue made before somebody waits in it is beyond the limit.
    private static final long BYTES_MAX = 2_000;

    private final HostFixture fixture = new HostFixture();
    private final DiskLoop disk = new DiskLoop(new ManualClock(), "idle", 1, 1, 1);
    private final Assignment alone = new Assignment(
            HostFixture.NODE,
            0,
            0,
            List.of(HostFixture.NODE),
            List.of(HostFixture.NODE),
            new TopicSettings(LogConfig.DEFAULT, Durability.FSYNC, 1, false, 1 << 20));

    @AfterEach
    void stop() throws InterruptedException {
        disk.stop();
        fixture.stop();
    }

    @Test
    void takesFewBytesAndNoFile() throws Exception {
        fixture.run(() -> open("before", 1_000)); // what the JVM makes once for code it runs the first time

        long bytes = fixture.get(() -> {
            long before = allocated();
            open("idle", COUNT);
            return (allocated() - before) / COUNT;
        });

        assertThat(bytes).isLessThan(BYTES_MAX);
        assertThat(fixture.directory.openFiles()).isZero();
        assertThat(fixture.memory.list("/data")).noneMatch(name -> name.startsWith("idle"));
    }

    @Test
    void aLogThatWasWrittenAndIsIdleHasNoOpenFile() throws Exception {
        List<TopicPartition> written = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            TopicPartition id = fixture.lead("written" + i, Durability.FSYNC);
            assertThat(fixture.append(id, Acks.ALL, "a")).isEqualTo(ErrorKind.NONE);
            written.add(id);
        }
        assertThat(fixture.directory.openFiles()).isEqualTo(50);

        fixture.directory.sweep(0);
        assertThat(fixture.append(written.getFirst(), Acks.ALL, "busy")).isEqualTo(ErrorKind.NONE);
        fixture.directory.sweep(60_000);
        assertThat(fixture.directory.openFiles()).isEqualTo(1);
        fixture.directory.sweep(120_000);
        assertThat(fixture.directory.openFiles()).isZero();

        assertThat(fixture.append(written.getLast(), Acks.ALL, "again")).isEqualTo(ErrorKind.NONE);
        assertThat(fixture.read(written.getLast(), 0).highWatermark()).isEqualTo(2);
        assertThat(fixture.directory.openFiles()).isEqualTo(1);
    }

    private void open(String topic, int count) {
        for (int i = 0; i < count; i++) {
            TopicPartition id = new TopicPartition(topic, i);
            fixture.host.take(fixture.directory.open(id, new TopicId(1, 2), LogConfig.DEFAULT), disk, alone, 0);
        }
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    @Test
    void aWalkVisitsEachOnceAndLetsOthersInBetween() throws Exception {
        fixture.run(() -> open("walked", 2 * PartitionWalk.PER_TURN + 1));
        TopicPartition gone = new TopicPartition("walked", 0);
        Set<TopicPartition> visited = new HashSet<>();
        CompletableFuture<Integer> seenByOther = new CompletableFuture<>();
        CompletableFuture<Boolean> through = new CompletableFuture<>();

        fixture.run(() -> {
            PartitionWalk.over(fixture.host, partition -> visit(partition, visited), () -> through.complete(true));
            fixture.loop.post(() -> seenByOther.complete(visited.size()));
        });

        assertThat(through.get()).isTrue();
        assertThat(seenByOther.get()).isLessThan(visited.size());
        assertThat(visited).hasSize(2 * PartitionWalk.PER_TURN + 1).contains(gone);
    }

    private static void visit(Partition partition, Set<TopicPartition> visited) {
        assertThat(visited.add(partition.id())).isTrue();
    }

    @Test
    void aWalkLeavesOutWhatWentMeanwhile() throws Exception {
        fixture.run(() -> open("walked", PartitionWalk.PER_TURN + 1));
        Set<TopicPartition> visited = new HashSet<>();
        CompletableFuture<Boolean> through = new CompletableFuture<>();

        fixture.run(() -> {
            PartitionWalk.over(fixture.host, partition -> visit(partition, visited), () -> through.complete(true));
            for (Partition partition : List.copyOf(fixture.host.partitions())) {
                fixture.host.release(partition.id(), ErrorKind.NOT_LEADER, log -> log.close());
            }
        });

        assertThat(through.get()).isTrue();
        assertThat(visited).hasSize(PartitionWalk.PER_TURN);
    }
}
