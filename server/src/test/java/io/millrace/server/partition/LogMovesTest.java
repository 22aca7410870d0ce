package io.millrace.server.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.catalog.TopicSettings.Durability;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.log.LogDirectory;
import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import io.millrace.server.loop.DiskLoop;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Logs of one loop on their way to a second disk.
final class LogMovesTest {
    private static final int WAIT_SECONDS = 20;

    private final HostFixture node = new HostFixture();
    private final MemoryDisk otherMemory = new MemoryDisk(node.clock);
    private final FaultyDisk otherDisk = new FaultyDisk(otherMemory);
    private final DiskLoop otherLoop = new DiskLoop(node.clock, "other", 1, 2, 2);
    private final LogDirectory otherDirectory = LogDirectory.open(
            otherDisk.disk(), "/other", new LogDirectory.Settings(1, "cluster", 100), new SeededRandomness(2));
    private final LogDirectories.Disk other = new LogDirectories.Disk(otherDirectory, otherLoop);
    private final LogDirectories directories = new LogDirectories(List.of(node.disk(), other));

    @AfterEach
    void stop() throws InterruptedException {
        otherLoop.stop();
        node.stop();
    }

    private ErrorKind move(TopicPartition id, LogDirectories.Disk target) throws Exception {
        CompletableFuture<ErrorKind> answer = new CompletableFuture<>();
        node.run(() -> node.host.moves().move(id, directories, target, answer::complete));
        return answer.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    private void awaitNoMove(TopicPartition id) {
        await().atMost(WAIT_SECONDS, TimeUnit.SECONDS).until(() -> node.get(() -> hosted(id).move == null));
    }

    private Hosted hosted(TopicPartition id) {
        Hosted hosted = node.host.hosted(id);
        assertThat(hosted).isNotNull();
        return hosted;
    }

    private LogDirectory place(TopicPartition id) throws Exception {
        return node.get(() -> hosted(id).partition.log().directory());
    }

    private static LogConfig compacting(LogConfig base) {
        return new LogConfig(
                base.segmentBytes(),
                base.segmentMs(),
                base.segmentJitterMs(),
                base.indexIntervalBytes(),
                base.indexBytesMax(),
                base.batchBytesMax(),
                base.retentionMs(),
                base.retentionBytes(),
                base.delete(),
                true,
                base.deleteRetentionMs(),
                base.minCompactionLagMs(),
                base.maxCompactionLagMs(),
                base.minCleanableRatio(),
                base.timestampType(),
                base.timestampBeforeMaxMs(),
                base.timestampAfterMaxMs(),
                base.compression(),
                base.compressionLevel(),
                base.fileDeleteDelayMs(),
                base.preallocate());
    }

    private void fill(TopicPartition id, int records) throws Exception {
        for (int at = 0; at < records; at++) {
            assertThat(node.append(id, Acks.ALL, "record " + at)).isEqualTo(ErrorKind.NONE);
        }
    }

    @Test
    void nobodyIsRefusedWhileALogChangesOver() throws Exception {
        TopicPartition id = node.lead("t", Durability.FSYNC);
        fill(id, 40);
        List<CompletableFuture<AppendReply>> sent = new ArrayList<>();

        assertThat(move(id, other)).isEqualTo(ErrorKind.NONE);
        while (place(id) != otherDirectory) {
            CompletableFuture<AppendReply> reply = new CompletableFuture<>();
            node.run(() -> node.appendHere(id, Acks.ALL, "meanwhile", reply::complete));
            sent.add(reply);
        }
        awaitNoMove(id);
        fill(id, 1);

        for (CompletableFuture<AppendReply> reply : sent) {
            assertThat(reply.get(WAIT_SECONDS, TimeUnit.SECONDS).error()).isEqualTo(ErrorKind.NONE);
        }
        assertThat(node.get(() -> node.partition(id).highWatermark())).isEqualTo(41 + sent.size());
        assertThat(node.leases).hasValue(0);
        assertThat(otherMemory.list("/other")).contains("t-0");
        assertThat(node.memory.list("/data")).doesNotContain("t-0");
        assertThat(move(id, other)).as("where it is").isEqualTo(ErrorKind.NONE);
    }

    @Test
    void whatArrivesWaitsUntilTheLogIsThere() throws Exception {
        TopicPartition id = node.lead("t", Durability.PAGE_CACHE);
        fill(id, 10);
        CompletableFuture<Void> gate = node.faulty.hold("rename", "t-0");
        assertThat(move(id, other)).isEqualTo(ErrorKind.NONE);
        await().atMost(WAIT_SECONDS, TimeUnit.SECONDS).until(() -> node.get(() -> hosted(id).cutOut));

        CompletableFuture<AppendReply> first = new CompletableFuture<>();
        CompletableFuture<AppendReply> second = new CompletableFuture<>();
        node.run(() -> node.appendHere(id, Acks.LEADER, "first", first::complete));
        node.run(() -> node.appendHere(id, Acks.LEADER, "second", second::complete));
        assertThat(first).isNotDone();
        gate.complete(null);

        assertThat(first.get(WAIT_SECONDS, TimeUnit.SECONDS).result().firstOffset())
                .isEqualTo(10);
        assertThat(second.get(WAIT_SECONDS, TimeUnit.SECONDS).result().firstOffset())
                .isEqualTo(11);
        awaitNoMove(id);
        assertThat(place(id)).isSameAs(otherDirectory);
    }

    @Test
    void aDiskThatRefusesTheCopyEndsTheMove() throws Exception {
        TopicPartition id = node.lead("t", Durability.FSYNC);
        fill(id, 10);
        otherDisk.refuse("claim", "/other");

        assertThat(move(id, other)).isEqualTo(ErrorKind.NONE);
        awaitNoMove(id);

        assertThat(place(id)).isSameAs(node.directory);
        fill(id, 1);
        otherDisk.heal();
        assertThat(move(id, other)).isEqualTo(ErrorKind.NONE);
        await().atMost(WAIT_SECONDS, TimeUnit.SECONDS).until(() -> place(id) == otherDirectory);
    }

    @Test
    void aDiskThatTakesNoFolderRefusesTheWish() throws Exception {
        TopicPartition id = node.lead("t", Durability.FSYNC);
        otherDisk.refuse("createFolder", "-future");

        assertThat(move(id, other)).isEqualTo(ErrorKind.STORAGE_ERROR);
        awaitNoMove(id);
        assertThat(move(new TopicPartition("elsewhere", 0), other)).isEqualTo(ErrorKind.REPLICA_NOT_AVAILABLE);
    }

    @Test
    void aLogOnItsWayIsNotCleanedAndLeavesNothingWhenItIsDeleted() throws Exception {
        TopicPartition id = node.lead("t", Durability.FSYNC);
        fill(id, 40);
        node.run(() -> hosted(id)
                .partition
                .log()
                .configure(compacting(hosted(id).partition.log().config())));
        assertThat(node.get(() -> node.host.sketches(node.host.partitions()))).hasSize(1);
        CompletableFuture<Void> gate = otherDisk.hold("claim", "/other");
        assertThat(move(id, other)).isEqualTo(ErrorKind.NONE);
        assertThat(node.get(() -> node.host.sketches(node.host.partitions()))).isEmpty();

        CompletableFuture<Void> deleted = new CompletableFuture<>();
        node.run(() -> {
            node.host.moves().cancel(id);
            node.host.release(id, ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, log -> {
                log.delete();
                deleted.complete(null);
            });
        });
        assertThat(deleted).isNotDone();
        gate.complete(null);
        deleted.get(WAIT_SECONDS, TimeUnit.SECONDS);

        otherDirectory.sweep(Long.MAX_VALUE);
        assertThat(otherMemory.list("/other")).noneMatch(name -> name.startsWith("t-0"));
    }
}
