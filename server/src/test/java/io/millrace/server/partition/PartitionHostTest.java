package io.millrace.server.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.catalog.TopicSettings.Durability;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.OffsetQuery;
import io.millrace.broker.partition.OffsetReply;
import io.millrace.log.PartitionLog;
import io.millrace.log.ReadResult;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What becomes of partitions when a disk is full or refuses, and when a call of ours throws: the one concerned fails,
/// says so, and comes back; the others do not notice.
final class PartitionHostTest {
    private static final int BULK_APPENDS = 20;
    private static final String BULK_VALUE = "b".repeat((int) DiskMood.BULK_BYTES / BULK_APPENDS);
    private static final String LONG_VALUE = "x".repeat(900);
    private final HostFixture node = new HostFixture();

    @AfterEach
    void stop() throws InterruptedException {
        node.stop();
    }

    @Test
    void aFullDiskFreesItselfAndTakesAppendsAgain() throws Exception {
        TopicPartition orders = node.lead("orders", Durability.FSYNC);
        TopicPartition old = node.lead("old", Durability.FSYNC);
        for (int i = 0; i < 12; i++) {
            assertThat(node.append(old, Acks.ALL, LONG_VALUE)).isEqualTo(ErrorKind.NONE);
        }
        node.clock.advanceMs(HostFixture.RETENTION_MS + 1);
        assertThat(node.append(orders, Acks.ALL, "kept")).isEqualTo(ErrorKind.NONE);
        node.memory.setCapacityBytes(node.memory.usedBytes());

        assertThat(node.append(orders, Acks.ALL, "lost")).isEqualTo(ErrorKind.STORAGE_ERROR);
        assertThat(node.append(orders, Acks.LEADER, "lost")).isEqualTo(ErrorKind.STORAGE_ERROR);
        assertThat(node.read(orders, 0).bytes()).isInstanceOf(ReadResult.Ready.class);
        assertThat(node.read(orders, 0).highWatermark()).isEqualTo(1);

        node.run(node.host::retain);
        await().until(() -> node.get(() -> node.partition(old).log().startOffset() > 0));
        node.clock.advanceMs(60_000);
        await().until(() -> {
            node.directory.sweep(Long.MAX_VALUE);
            return node.memory.usableBytes("/") > 8_192;
        });

        node.tick();
        assertThat(node.append(orders, Acks.ALL, "again")).isEqualTo(ErrorKind.NONE);
        assertThat(node.read(orders, 0).highWatermark()).isEqualTo(2);
        assertThat(node.append(old, Acks.ALL, "again")).isEqualTo(ErrorKind.NONE);
    }

    @Test
    void aSickDiskIsAskedThroughOneLogAndLessAndLessOften() throws Exception {
        TopicPartition first = node.lead("first", Durability.FSYNC);
        TopicPartition second = node.lead("second", Durability.FSYNC);
        node.append(first, Acks.ALL, "a");
        node.append(second, Acks.ALL, "a");
        node.memory.refuseWrites(true);
        assertThat(node.append(first, Acks.ALL, "b")).isEqualTo(ErrorKind.STORAGE_ERROR);
        assertThat(node.append(second, Acks.ALL, "b")).isEqualTo(ErrorKind.STORAGE_ERROR);

        for (int i = 0; i < 600; i++) { // a minute
            node.clock.advanceMs(100);
            node.tick();
        }
        assertThat(node.faulty.probes()).isBetween(5, 7); // after 1, 3, 7, 15, 31 seconds, then every 30

        node.memory.refuseWrites(false);
        node.clock.advanceMs(30_000);
        node.tick();
        assertThat(node.append(first, Acks.ALL, "c")).isEqualTo(ErrorKind.NONE);
        assertThat(node.append(second, Acks.ALL, "c")).isEqualTo(ErrorKind.NONE);
    }

    @Test
    void aDiskThatHasRoomAgainIsAskedAtOnce() throws Exception {
        TopicPartition first = node.lead("first", Durability.FSYNC);
        TopicPartition second = node.lead("second", Durability.FSYNC);
        node.memory.refuseWrites(true);
        assertThat(node.append(first, Acks.ALL, "a")).isEqualTo(ErrorKind.STORAGE_ERROR);
        assertThat(node.append(second, Acks.ALL, "a")).isEqualTo(ErrorKind.STORAGE_ERROR);
        for (int i = 0; i < 320; i++) { // the next time is in 30 seconds
            node.clock.advanceMs(100);
            node.tick();
        }
        node.memory.refuseWrites(false);
        node.tick();
        assertThat(node.append(first, Acks.ALL, "too early")).isEqualTo(ErrorKind.STORAGE_ERROR);

        node.hasRoom();
        node.tick();

        assertThat(node.append(first, Acks.ALL, "b")).isEqualTo(ErrorKind.NONE);
        assertThat(node.append(second, Acks.ALL, "b")).isEqualTo(ErrorKind.NONE);
    }

    @Test
    void theHostHearsWhenALookAtAFullDiskFindsRoom() throws Exception {
        TopicPartition id = node.lead("orders", Durability.FSYNC);
        node.append(id, Acks.ALL, "a");
        FullDisks full =
                new FullDisks(new PartitionHosts(List.of(node.host)), new LogDirectories(List.of(node.disk())));
        node.memory.setCapacityBytes(node.memory.usedBytes());
        node.memory.setReserveBytes(1);
        assertThat(node.append(id, Acks.ALL, "b")).isEqualTo(ErrorKind.STORAGE_ERROR);
        full.look(node.disk());
        assertThat(full.isEmpty()).isFalse();

        node.memory.setCapacityBytes(Long.MAX_VALUE);
        node.tick();
        assertThat(node.append(id, Acks.ALL, "too early")).isEqualTo(ErrorKind.STORAGE_ERROR);
        full.look(node.disk());
        node.tick();

        assertThat(full.isEmpty()).isTrue();
        assertThat(node.append(id, Acks.ALL, "c")).isEqualTo(ErrorKind.NONE);
    }

    @Test
    void roomSeenWhileTheDiskIsAskedIsAskedForAgain() throws Exception {
        TopicPartition id = node.lead("orders", Durability.FSYNC);
        node.append(id, Acks.ALL, "a");
        node.memory.refuseWrites(true);
        assertThat(node.append(id, Acks.ALL, "b")).isEqualTo(ErrorKind.STORAGE_ERROR);
        CompletableFuture<Void> gate = node.faulty.hold("create", "space.probe");
        node.clock.advanceMs(1_000);
        node.run(node.host::tick);
        await().until(() -> node.faulty.probes() == 1);

        node.hasRoom();
        gate.complete(null); // the probe itself still finds no room
        node.awaitQuiet();
        node.memory.refuseWrites(false);
        node.tick();

        assertThat(node.faulty.probes()).isEqualTo(2);
        assertThat(node.append(id, Acks.ALL, "c")).isEqualTo(ErrorKind.NONE);
    }

    @Test
    void theLoopServesWhileASlowDiskBringsALogBack() throws Exception {
        TopicPartition sick = node.lead("sick", Durability.FSYNC);
        TopicPartition well = node.lead("well", Durability.FSYNC);
        for (int i = 0; i < 3; i++) {
            assertThat(node.append(sick, Acks.ALL, LONG_VALUE)).isEqualTo(ErrorKind.NONE);
        }
        refuseOneAppend(sick);
        CompletableFuture<Void> gate = node.faulty.hold("create", "sick-0/space.probe");
        node.clock.advanceMs(1_000);
        node.run(node.host::tick);
        await().until(() -> node.faulty.probes() > 0); // a disk thread is in it

        assertThat(node.append(well, Acks.ALL, "served")).isEqualTo(ErrorKind.NONE);
        for (int offset = 0; offset < 3; offset++) {
            ReadResult read = node.read(sick, offset).bytes();
            ReadResult here = read instanceof ReadResult.Cold cold ? cold.job().run() : read;
            assertThat(here).isInstanceOf(ReadResult.Ready.class);
        }
        assertThat(node.append(sick, Acks.ALL, "too early")).isEqualTo(ErrorKind.STORAGE_ERROR);
        assertThat(node.get(() -> node.partition(sick).deleteRecords(2))).isEqualTo(ErrorKind.STORAGE_ERROR);
        node.run(node.host::retain);

        gate.complete(null);
        await().until(() -> node.append(sick, Acks.ALL, "again") == ErrorKind.NONE);
        assertThat(node.read(sick, 0).highWatermark()).isEqualTo(4);
        assertThat(node.get(() -> node.partition(sick).deleteRecords(2))).isEqualTo(ErrorKind.NONE);
    }

    @Test
    void aLogLetGoWhileItIsBroughtBackIsHandedOverWhenTheDiskIsDone() throws Exception {
        TopicPartition id = node.lead("orders", Durability.FSYNC);
        node.append(id, Acks.ALL, "a");
        refuseOneAppend(id);
        CompletableFuture<Void> gate = node.faulty.hold("create", "space.probe");
        node.clock.advanceMs(1_000);
        node.run(node.host::tick);
        await().until(() -> node.faulty.probes() > 0);
        CompletableFuture<PartitionLog> released = new CompletableFuture<>();
        node.run(() -> node.host.release(id, ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, released::complete));
        assertThat(released).isNotDone();
        gate.complete(null);
        released.get(10, TimeUnit.SECONDS).delete();
        assertThat(node.memory.exists("/data/orders-0")).isFalse();
    }

    private void refuseOneAppend(TopicPartition id) throws Exception {
        node.memory.refuseWrites(true);
        assertThat(node.append(id, Acks.ALL, "refused")).isEqualTo(ErrorKind.STORAGE_ERROR);
        node.memory.refuseWrites(false);
    }

    @Test
    void recordsSaidToBeDeletedStayDeletedWhenThePowerFails() throws Exception {
        TopicPartition id = node.lead("orders", Durability.FSYNC);
        for (String value : new String[] {"a", "b", "c"}) {
            node.append(id, Acks.ALL, value);
        }
        CompletableFuture<Void> gate = node.faulty.hold("rename", "log-start-offset-checkpoint");
        CompletableFuture<OffsetReply> reply = new CompletableFuture<>();
        node.run(() -> node.sessions().deleteRecords(id, 2, 10_000, reply::complete));
        assertThat(node.get(() -> node.partition(id).log().startOffset())).isEqualTo(2);
        assertThat(reply).isNotDone();
        gate.complete(null);
        assertThat(reply.get(10, TimeUnit.SECONDS).error()).isEqualTo(ErrorKind.NONE);
        assertThat(reply.get().offset()).isEqualTo(2);

        node.powerCut();
        node.lead("orders", Durability.FSYNC);
        assertThat(node.get(() -> node.partition(id).log().startOffset())).isEqualTo(2);
    }

    @Test
    void deletingRecordsIsRefusedWhenTheDiskDoesNotTakeTheCheckpoint() throws Exception {
        TopicPartition id = node.lead("orders", Durability.FSYNC);
        node.append(id, Acks.ALL, "a");
        node.memory.refuseWrites(true);
        CompletableFuture<OffsetReply> reply = new CompletableFuture<>();
        node.run(() -> node.sessions().deleteRecords(id, 1, 10_000, reply::complete));
        assertThat(reply.get(10, TimeUnit.SECONDS).error()).isEqualTo(ErrorKind.STORAGE_ERROR);
    }

    @Test
    void anAnswerThatThrowsLeavesTheOtherPartitionsOfTheTurnAlone() throws Exception {
        TopicPartition first = node.lead("first", Durability.PAGE_CACHE);
        TopicPartition second = node.lead("second", Durability.PAGE_CACHE);
        CompletableFuture<AppendReply> reply = new CompletableFuture<>();
        node.run(() -> {
            node.appendHere(first, Acks.ALL, "a", _ -> {
                throw new IllegalStateException("a session's fault");
            });
            node.appendHere(second, Acks.ALL, "a", reply::complete);
        });
        assertThat(reply.get(10, TimeUnit.SECONDS).error()).isEqualTo(ErrorKind.NONE);
        assertThat(node.append(first, Acks.ALL, "b")).isEqualTo(ErrorKind.NONE);
    }

    @Test
    void aFaultInAWriteOnTheLoopFailsItsPartitionOnly() throws Exception {
        aFaultInAWriteFailsItsPartitionOnly(Durability.PAGE_CACHE);
    }

    @Test
    void aFaultInAWriteOnADiskThreadFailsItsPartitionOnly() throws Exception {
        aFaultInAWriteFailsItsPartitionOnly(Durability.FSYNC);
    }

    private void aFaultInAWriteFailsItsPartitionOnly(Durability durability) throws Exception {
        TopicPartition first = node.lead("first", durability);
        TopicPartition second = node.lead("second", durability);
        node.faulty.fault("create", "first-0");
        CompletableFuture<AppendReply> refused = new CompletableFuture<>();
        CompletableFuture<AppendReply> taken = new CompletableFuture<>();
        node.run(() -> {
            node.appendHere(first, Acks.ALL, "a", refused::complete);
            node.appendHere(second, Acks.ALL, "a", taken::complete);
        });
        assertThat(refused.get(10, TimeUnit.SECONDS).error()).isEqualTo(ErrorKind.STORAGE_ERROR);
        assertThat(taken.get(10, TimeUnit.SECONDS).error()).isEqualTo(ErrorKind.NONE);

        node.faulty.heal();
        node.clock.advanceMs(1_000);
        node.tick();
        assertThat(node.append(first, Acks.ALL, "b")).isEqualTo(ErrorKind.NONE);
    }

    @Test
    void retentionGoesOnWithTheOthersAfterAFault() throws Exception {
        TopicPartition[] partitions = {node.lead("first", Durability.FSYNC), node.lead("second", Durability.FSYNC)};
        for (TopicPartition id : partitions) {
            for (int i = 0; i < 3; i++) {
                node.append(id, Acks.ALL, LONG_VALUE);
            }
        }
        node.clock.advanceMs(HostFixture.RETENTION_MS + 1);
        node.faulty.fault("rename", "first-0");
        node.run(node.host::retain);
        await().until(() -> node.get(() -> node.partition(partitions[1]).log().startOffset() >= 2));

        node.faulty.heal();
        node.append(partitions[1], Acks.ALL, LONG_VALUE);
        node.append(partitions[1], Acks.ALL, LONG_VALUE);
        node.clock.advanceMs(HostFixture.RETENTION_MS + 1);
        await().until(() -> node.get(() -> {
            node.host.retain(); // the next pass is not held up by the last
            return node.partition(partitions[1]).log().startOffset() >= 4;
        }));
    }

    @Test
    void whatOnlyThePageCacheKnowsIsSyncedAlsoWhileAJobIsOut() throws Exception {
        TopicPartition id = node.lead("orders", Durability.PAGE_CACHE);
        node.areDirtyPagesMany.set(true); // writes are not for the loop
        node.append(id, Acks.ALL, "written");
        CompletableFuture<Void> gate = node.occupyFlushers();
        CompletableFuture<AppendReply> waits = new CompletableFuture<>();
        node.run(() -> node.appendHere(id, Acks.ALL, "waits", waits::complete));
        node.run(node.host::syncInBackground);
        assertThat(waits).isNotDone();
        gate.complete(null);

        assertThat(waits.get(10, TimeUnit.SECONDS).error()).isEqualTo(ErrorKind.NONE);
        await().until(() -> node.get(() -> node.partition(id).log().durableOffset() == 2));
        node.append(id, Acks.ALL, "more");
        node.run(node.host::syncInBackground);
        await().until(() -> node.get(() -> node.partition(id).log().durableOffset() == 3));
    }

    @Test
    void aSmallWriteDoesNotWaitBehindWhoeverCopiesMuch() throws Exception {
        TopicPartition loud = node.lead("loud", Durability.PAGE_CACHE);
        TopicPartition quiet = node.lead("quiet", Durability.PAGE_CACHE);
        node.areDirtyPagesMany.set(true); // writes are not for the loop
        CompletableFuture<Void> gate = node.occupyWriters();
        CompletableFuture<AppendReply> waits = new CompletableFuture<>();
        node.run(() -> {
            for (int i = 0; i < BULK_APPENDS; i++) {
                node.appendHere(loud, Acks.ALL, BULK_VALUE, _ -> {});
            }
            node.appendHere(loud, Acks.ALL, BULK_VALUE, waits::complete);
        });

        assertThat(node.append(quiet, Acks.ALL, "a")).isEqualTo(ErrorKind.NONE);
        assertThat(waits).isNotDone();
        gate.complete(null);

        assertThat(waits.get(10, TimeUnit.SECONDS).error()).isEqualTo(ErrorKind.NONE);
        assertThat(node.get(() -> node.partition(loud).log().durableOffset())).isZero();
        node.run(node.host::syncInBackground);
        await().until(() -> node.get(() -> node.partition(loud).log().durableOffset() == BULK_APPENDS + 1));
    }

    @Test
    void aReleasedPartitionIsNeverWrittenAgain() throws Exception {
        TopicPartition id = node.lead("orders", Durability.FSYNC);
        CompletableFuture<AppendReply> reply = new CompletableFuture<>();
        CompletableFuture<PartitionLog> released = new CompletableFuture<>();
        node.run(() -> {
            node.appendHere(id, Acks.ALL, "a", reply::complete);
            node.host.release(id, ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, released::complete);
        });
        assertThat(reply.get(10, TimeUnit.SECONDS).error()).isEqualTo(ErrorKind.UNKNOWN_TOPIC_OR_PARTITION);
        PartitionLog log = released.get(10, TimeUnit.SECONDS);
        node.run(() -> {}); // the turn in which the flush would have been
        node.run(node.host::syncInBackground);
        node.run(() -> {});
        assertThat(node.get(log::unwrittenBytes)).isPositive();
        assertThat(node.memory.exists("/data/orders-0")).isFalse();
    }

    @Test
    void whatThePageCacheLostIsNotTakenForSafe() throws Exception {
        TopicPartition id = node.lead("orders", Durability.PAGE_CACHE);
        for (String value : new String[] {"a", "b", "c"}) {
            assertThat(node.append(id, Acks.ALL, value)).isEqualTo(ErrorKind.NONE);
        }
        int batchBytes = HostFixture.batch(0, "a").remaining();
        CompletableFuture<String> woken = new CompletableFuture<>();
        node.run(() -> node.partition(id).await(3, () -> woken.complete("asks again")));
        node.memory.flipBit("/data/orders-0/00000000000000000000.log", batchBytes * 2L - 1, 3);
        node.memory.refuseWrites(true);
        assertThat(node.append(id, Acks.ALL, "refused")).isEqualTo(ErrorKind.STORAGE_ERROR);
        node.memory.refuseWrites(false);
        node.clock.advanceMs(1_000);
        node.tick();

        assertThat(node.read(id, 0).highWatermark()).isEqualTo(1);
        assertThat(node.read(id, 3).error()).isEqualTo(ErrorKind.OFFSET_OUT_OF_RANGE);
        assertThat(woken).isCompletedWithValue("asks again");
        // Nothing is acknowledged before it is written, only because it lies below what was safe once.
        boolean answeredAtOnce = node.get(() -> {
            CompletableFuture<AppendReply> reply = new CompletableFuture<>();
            node.appendHere(id, Acks.ALL, "d", reply::complete);
            return reply.isDone();
        });
        assertThat(answeredAtOnce).isFalse();
        await().until(() -> node.read(id, 0).highWatermark() == 2);
    }

    @Test
    void aLookupThatThrowsIsAnswered() throws Exception {
        TopicPartition id = node.lead("orders", Durability.FSYNC);
        for (int i = 0; i < 4; i++) {
            node.append(id, Acks.ALL, LONG_VALUE);
        }
        node.run(node::restart);
        node.lead("orders", Durability.FSYNC);
        node.faulty.fault("open", "orders-0");
        OffsetQuery query = new OffsetQuery(id, OffsetQuery.Kind.AT_TIMESTAMP, 1, -1, false);
        CompletableFuture<OffsetReply> reply = new CompletableFuture<>();
        node.run(() -> OffsetLookup.answer(node.host.hosted(id), query, node.loop, reply::complete));
        assertThat(reply.get(10, TimeUnit.SECONDS).error()).isEqualTo(ErrorKind.STORAGE_ERROR);
    }
}
