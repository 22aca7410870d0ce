package io.millrace.server.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.catalog.TopicSettings.Durability;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.OffsetReply;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A disk without room for records: what is settled can be noted, so that there will be room.
final class FullDiskHostTest {
    private static final int RESERVE_BYTES = 100_000;
    private final HostFixture node = new HostFixture();

    @AfterEach
    void stop() throws InterruptedException {
        node.stop();
    }

    private void fill() {
        node.memory.setReserveBytes(RESERVE_BYTES);
        node.memory.setCapacityBytes(node.memory.usedBytes() + RESERVE_BYTES);
    }

    @Test
    void notesAreTakenWhereRecordsAreNot() throws Exception {
        TopicPartition queue = node.lead("queue", Durability.FSYNC);
        assertThat(node.append(queue, Acks.ALL, "kept")).isEqualTo(ErrorKind.NONE);
        fill();

        assertThat(node.note(queue)).isEqualTo(ErrorKind.NONE);
        assertThat(node.append(queue, Acks.ALL, "lost")).isEqualTo(ErrorKind.STORAGE_ERROR);
        assertThat(node.note(queue)).as("the log has failed").isEqualTo(ErrorKind.STORAGE_ERROR);
        node.tick();

        assertThat(node.note(queue)).isEqualTo(ErrorKind.NONE);
        assertThat(node.append(queue, Acks.ALL, "lost")).isEqualTo(ErrorKind.STORAGE_ERROR);
        assertThat(node.note(queue)).as("a refusal at the door").isEqualTo(ErrorKind.NONE);
        assertThat(node.host.takesRecords()).isFalse();
        assertThat(node.read(queue, 0).highWatermark()).isEqualTo(4);
    }

    @Test
    void onlyLackOfRoomMakesOthersWait() throws Exception {
        TopicPartition queue = node.lead("queue", Durability.FSYNC);
        var directories = new LogDirectories(List.of(node.disk()));
        var fullDisks = new FullDisks(new PartitionHosts(List.of(node.host)), directories);
        node.memory.refuseSyncs(true);
        assertThat(node.append(queue, Acks.ALL, "lost")).isEqualTo(ErrorKind.STORAGE_ERROR);
        directories.all().forEach(fullDisks::look);

        assertThat(node.host.takesRecords()).isFalse();
        assertThat(fullDisks.isAnyShort()).isFalse();

        fill();
        assertThat(fullDisks.isAnyShort()).isTrue();
    }

    @Test
    void notesLeaveHalfOfWhatIsKeptBack() throws Exception {
        TopicPartition queue = node.lead("queue", Durability.FSYNC);
        assertThat(node.append(queue, Acks.ALL, "kept")).isEqualTo(ErrorKind.NONE);
        fill();
        node.memory.setCapacityBytes(node.memory.usedBytes() + RESERVE_BYTES / 2);

        assertThat(node.note(queue)).isEqualTo(ErrorKind.STORAGE_ERROR);
        node.tick();
        assertThat(node.note(queue)).as("still").isEqualTo(ErrorKind.STORAGE_ERROR);

        fill();
        await().until(() -> {
            node.clock.advanceMs(1_000);
            node.tick();
            return node.note(queue) == ErrorKind.NONE;
        });
    }

    @Test
    void logsThatWantNotesDoNotWaitForEachOther() throws Exception {
        List<TopicPartition> queues = List.of(
                node.lead("a", Durability.FSYNC), node.lead("b", Durability.FSYNC), node.lead("c", Durability.FSYNC));
        fill();
        for (TopicPartition queue : queues) {
            assertThat(node.append(queue, Acks.ALL, "lost")).isEqualTo(ErrorKind.STORAGE_ERROR);
            assertThat(node.note(queue)).isEqualTo(ErrorKind.STORAGE_ERROR);
        }

        node.tick(); // and no time has passed

        for (TopicPartition queue : queues) {
            await().until(() -> node.note(queue) == ErrorKind.NONE);
        }
    }

    @Test
    void recordsAreTakenAgainWhenThereIsRoom() throws Exception {
        TopicPartition queue = node.lead("queue", Durability.FSYNC);
        TopicPartition topic = node.lead("topic", Durability.FSYNC);
        fill();
        assertThat(node.append(queue, Acks.ALL, "lost")).isEqualTo(ErrorKind.STORAGE_ERROR);
        assertThat(node.append(topic, Acks.ALL, "lost")).isEqualTo(ErrorKind.STORAGE_ERROR);
        assertThat(node.note(queue)).isEqualTo(ErrorKind.STORAGE_ERROR);
        node.tick();
        assertThat(node.note(queue)).isEqualTo(ErrorKind.NONE);

        node.memory.setCapacityBytes(Long.MAX_VALUE);
        node.hasRoom();
        node.tick();

        await().until(() -> node.append(queue, Acks.ALL, "again") == ErrorKind.NONE);
        await().until(() -> node.append(topic, Acks.ALL, "again") == ErrorKind.NONE);
        node.tick();
        assertThat(node.host.takesRecords()).isTrue();
    }

    @Test
    void whatIsDeletedGoesWithoutARetentionPass() throws Exception {
        TopicPartition queue = node.lead("queue", Durability.FSYNC);
        String value = "x".repeat(400);
        for (int i = 0; i < 8; i++) {
            assertThat(node.append(queue, Acks.ALL, value)).isEqualTo(ErrorKind.NONE);
        }
        assertThat(segments(queue)).isEqualTo(4);

        delete(queue, 7); // the last segment is half deleted, which is not worth it
        await().until(() -> segments(queue) == 1);
        assertThat(node.append(queue, Acks.ALL, "y".repeat(40))).isEqualTo(ErrorKind.NONE);
        delete(queue, 9); // all of it: a new one is begun
        await().until(() -> node.memory.list("/data/queue-0").contains("00000000000000000009.log"));
        delete(queue, 9);
        await().until(() -> segments(queue) == 1);

        assertThat(node.append(queue, Acks.ALL, "again")).isEqualTo(ErrorKind.NONE);
    }

    @Test
    void aDiskThatIsShortKeepsWhatComesApartFromWhatIsConsumed() throws Exception {
        TopicPartition queue = node.lead("queue", Durability.FSYNC);
        for (int i = 0; i < 2; i++) {
            assertThat(node.append(queue, Acks.ALL, "x".repeat(400))).isEqualTo(ErrorKind.NONE);
        }
        node.memory.setReserveBytes(RESERVE_BYTES);
        node.memory.setCapacityBytes(node.memory.usedBytes() + RESERVE_BYTES + RESERVE_BYTES / 8);

        delete(queue, 1);

        await().until(() -> segments(queue) == 2);
    }

    private long segments(TopicPartition id) throws Exception {
        return node.memory.list("/data/" + id).stream()
                .filter(name -> name.endsWith(".log"))
                .count();
    }

    private void delete(TopicPartition id, long beforeOffset) throws Exception {
        CompletableFuture<OffsetReply> reply = new CompletableFuture<>();
        node.run(() -> node.sessions().deleteRecords(id, beforeOffset, 10_000, reply::complete));
        assertThat(reply.get(10, TimeUnit.SECONDS).error()).isEqualTo(ErrorKind.NONE);
    }

    @Test
    void aDiskThatTakesNothingIsNotAskedForNotesAllTheTime() throws Exception {
        TopicPartition queue = node.lead("queue", Durability.FSYNC);
        node.memory.refuseWrites(true);
        assertThat(node.append(queue, Acks.ALL, "lost")).isEqualTo(ErrorKind.STORAGE_ERROR);

        for (int i = 0; i < 600; i++) { // a minute
            assertThat(node.note(queue)).isEqualTo(ErrorKind.STORAGE_ERROR);
            node.clock.advanceMs(100);
            node.tick();
        }

        assertThat(node.faulty.probes()).isLessThan(20);
    }
}
