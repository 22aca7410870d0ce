package io.millrace.server.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.TopicSettings.Durability;
import io.millrace.broker.partition.Acks;
import io.millrace.cluster.replica.Assignment;
import io.millrace.cluster.replica.Partition;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Logs that a disk refuses and that are damaged as well: however often the disk is asked, they do not come back.
final class UnrecoverableLogsTest {
    private static final int OTHER = 2;
    private static final int RECORDS = 10;
    private static final int DAMAGED_AT = 4;
    private static final long RETRY_MS = 60_000;
    private static final long ASK_MS = 1_000;
    private static final int LENGTH_BYTE = 9;

    private final HostFixture node = new HostFixture(new ObligingController(HostFixture.NODE));

    @AfterEach
    void stop() throws InterruptedException {
        node.stop();
    }

    private TopicPartition write(List<Integer> replicas) throws Exception {
        TopicPartition id = node.lead("damaged", Durability.FSYNC, replicas);
        for (int i = 0; i < RECORDS; i++) {
            assertThat(node.append(id, Acks.LEADER, "record " + i)).isEqualTo(ErrorKind.NONE);
        }
        node.awaitQuiet();
        return id;
    }

    private void flip(TopicPartition id) throws IOException {
        int batchBytes = HostFixture.batch(1, "record 0").remaining();
        node.memory.flipBit(
                "/data/" + id + "/00000000000000000000.log", DAMAGED_AT * (long) batchBytes + LENGTH_BYTE, 3);
    }

    private void refuseOnce(TopicPartition id) throws Exception {
        node.memory.refuseSyncs(true);
        assertThat(node.append(id, Acks.LEADER, "refused")).isEqualTo(ErrorKind.STORAGE_ERROR);
        node.memory.refuseSyncs(false);
    }

    private void askDisk() throws Exception {
        node.clock.advanceMs(RETRY_MS);
        node.tick();
        node.tick(); // what was found is acted upon
    }

    private void othersLead(TopicPartition id) throws Exception {
        Assignment before = node.partition(id).assignment();
        Assignment others = new Assignment(
                OTHER, before.leaderEpoch() + 1, 1, before.replicas(), List.of(OTHER), before.settings());
        node.run(() -> node.host.change(id, others));
        for (int i = 0; i < 2; i++) { // the controller is asked again, and then the log is seen to
            node.clock.advanceMs(ASK_MS);
            node.tick();
        }
    }

    @Test
    void whatIsSoundStaysOnceOthersLead() throws Exception {
        TopicPartition id = write(List.of(HostFixture.NODE, OTHER));
        flip(id);
        refuseOnce(id);
        askDisk();
        Partition partition = node.partition(id);
        assertThat(node.get(node.host::damaged)).isEqualTo(1);
        assertThat(node.get(() -> partition.log().isFailed())).isTrue();
        assertThat(node.get(() -> partition.log().endOffset())).isEqualTo(RECORDS); // others count on it

        othersLead(id);
        node.awaitQuiet();
        node.tick();

        assertThat(node.get(() -> partition.log().isFailed())).isFalse();
        assertThat(node.get(() -> partition.log().endOffset())).isEqualTo(DAMAGED_AT);
        assertThat(node.get(node.host::damaged)).isZero();
        assertThat(node.get(node.host::repaired)).isEqualTo(1);
        assertThat(node.get(node.host::takesRecords)).isTrue();
    }

    /// Until its disk takes writes, which a recovery finds out.
    @Test
    void aDiskThatRefusesIsNotAskedToSalvageWithEveryTick() throws Exception {
        TopicPartition id = write(List.of(HostFixture.NODE, OTHER));
        flip(id);
        refuseOnce(id);
        askDisk();
        node.memory.refuseSyncs(true);
        othersLead(id);
        node.awaitQuiet();
        node.tick();
        node.memory.refuseSyncs(false);
        node.tick();
        assertThat(node.get(() -> node.partition(id).log().isFailed())).isTrue();
        assertThat(node.get(node.host::damaged)).isEqualTo(1);

        askDisk();
        node.tick();

        assertThat(node.get(() -> node.partition(id).log().isFailed())).isFalse();
        assertThat(node.get(node.host::damaged)).isZero();
    }

    @Test
    void aLogThatNobodyElseHasKeepsWhatItHasAndComesBackWhenItsFileIsRestored() throws Exception {
        TopicPartition id = write(List.of(HostFixture.NODE));
        flip(id);
        refuseOnce(id);
        askDisk();
        assertThat(node.get(node.host::damaged)).isEqualTo(1);
        assertThat(node.partition(id).log().endOffset()).isEqualTo(RECORDS);
        assertThat(node.get(node.host::takesRecords)).isFalse();

        flip(id); // back to what it was
        askDisk();
        node.tick();

        assertThat(node.get(node.host::damaged)).isZero();
        assertThat(node.append(id, Acks.LEADER, "more")).isEqualTo(ErrorKind.NONE);
        assertThat(node.get(node.host::takesRecords)).isTrue();
    }
}
