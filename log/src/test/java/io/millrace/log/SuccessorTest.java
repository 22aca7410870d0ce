package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.FileContents;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.log.disk.StorageException;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicId;
import io.millrace.testkit.ManualClock;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A topic deleted and another created under its name: nothing of the first shows in the second, whenever the process
/// dies in between.
final class SuccessorTest {
    private static final String PATH = LogFixture.PATH;
    private static final TopicId NEXT = new TopicId(1, 2);

    private final MemoryDisk disk = new MemoryDisk(new ManualClock());
    private final LogFixture fixture = new LogFixture(disk, PATH, LogConfig.DEFAULT);

    @Test
    void aFolderWhoseDeletionDidNotHappenIsNotTheNewTopic() throws IOException {
        fixture.appendFlushed(1, "old-a", "old-b");
        fixture.directory().checkpoint(Map.of(LogFixture.ORDERS, 2L));
        disk.kill();

        LogDirectory again = LogFixture.openDirectory(disk, PATH);
        PartitionLog successor = again.open(LogFixture.ORDERS, NEXT, LogConfig.DEFAULT);

        assertThat(successor.endOffset()).isZero();
        assertThat(disk.list(PATH)).anyMatch(name -> name.matches("orders-0\\.[0-9a-f]{32}-stray"));
        write(successor, "new");
        successor.close();
        again.close(partition -> 0L);
        assertThat(LogFixture.openDirectory(disk, PATH).wasClean()).isTrue();
    }

    @Test
    void aRefusedDeletionIsMadeUpForWhenTheNameIsUsedAgain() throws IOException {
        fixture.appendFlushed(1, "old");
        disk.refuseWrites(true);
        assertThatThrownBy(() -> fixture.log().delete()).isInstanceOf(StorageException.class);
        disk.refuseWrites(false);

        PartitionLog successor = fixture.directory().open(LogFixture.ORDERS, NEXT, LogConfig.DEFAULT);

        assertThat(successor.endOffset()).isZero();
        assertThat(disk.list(PATH)).anyMatch(name -> name.endsWith("-delete"));
    }

    @Test
    void foldersNobodyKnowsAreSetAsideAndDoNotMakeTheNextShutdownUnclean() throws IOException {
        fixture.appendFlushed(1, "old");
        fixture.directory().checkpoint(Map.of());
        disk.kill();
        LogDirectory again = LogFixture.openDirectory(disk, PATH);

        assertThat(again.setStraysAside(found -> true)).isEmpty();
        List<LogDirectory.Found> strays =
                again.setStraysAside(found -> !found.topicId().equals(LogFixture.ID));

        assertThat(again.strayCount()).isEqualTo(1);
        assertThat(strays).extracting(LogDirectory.Found::folder).containsExactly("orders-0");
        assertThat(disk.list(PATH)).anyMatch(name -> name.endsWith("-stray")).doesNotContain("orders-0");
        again.close(partition -> 0L);
        assertThat(text(OffsetCheckpoint.RECOVERY_POINTS)).isEqualTo("0\n0\n");
        LogDirectory last = LogFixture.openDirectory(disk, PATH);
        assertThat(last.wasClean()).isTrue();
        assertThat(last.found()).isEmpty();
        assertThat(last.strayCount()).isEqualTo(1);
    }

    @Test
    void theMetadataLogIsNoPartitionOfOurs() throws IOException {
        disk.createFolder(PATH + "/__cluster_metadata-0");
        disk.kill();
        LogDirectory again = LogFixture.openDirectory(disk, PATH);
        assertThat(again.setStraysAside(found -> false)).isEmpty();
        assertThat(disk.list(PATH)).contains("__cluster_metadata-0");
    }

    @Test
    void oldRecoveryPointsDoNotCondemnTheSuccessor() {
        for (int i = 0; i < 10; i++) {
            fixture.appendFlushed(1, "old");
        }
        fixture.directory().checkpoint(Map.of());
        PartitionLog reopened = replaceAndKill("new0", "new1");
        assertThat(reopened.startOffset()).isZero();
        assertThat(reopened.endOffset()).isEqualTo(2);
    }

    @Test
    void oldStartOffsetsDoNotHideTheSuccessorsRecords() {
        fixture.appendFlushed(1, "a", "b", "c", "d", "e");
        fixture.log().advanceStartOffset(5);
        fixture.directory().checkpoint(Map.of());
        PartitionLog reopened = replaceAndKill("0", "1", "2", "3", "4", "5", "6", "7");
        assertThat(reopened.startOffset()).isZero();
        assertThat(reopened.endOffset()).isEqualTo(8);
    }

    @Test
    void checkpointsCollectedBeforeTheDeletionDoNotBringTheLinesBack() throws IOException {
        fixture.appendFlushed(1, "old");
        fixture.directory().checkpoint(Map.of(LogFixture.ORDERS, 1L));
        fixture.log().delete();
        fixture.directory().checkpoint(Map.of(LogFixture.ORDERS, 1L));
        assertThat(text(OffsetCheckpoint.HIGH_WATERMARKS)).isEqualTo("0\n0\n");
        assertThat(text(OffsetCheckpoint.RECOVERY_POINTS)).isEqualTo("0\n0\n");
    }

    @Test
    void aDeletionJustBeforeTheCrashLeavesNoLines() {
        fixture.appendFlushed(1, "old");
        fixture.directory().checkpoint(Map.of());
        fixture.log().delete();
        disk.kill();
        PartitionLog successor = LogFixture.openDirectory(disk, PATH).open(LogFixture.ORDERS, NEXT, LogConfig.DEFAULT);
        assertThat(successor.endOffset()).isZero();
    }

    @Test
    void aSweptDeletionLeavesNoLines() {
        fixture.appendFlushed(1, "old");
        fixture.directory().checkpoint(Map.of());
        fixture.log().delete();
        fixture.directory().sweep(0);
        disk.kill();
        PartitionLog successor = LogFixture.openDirectory(disk, PATH).open(LogFixture.ORDERS, NEXT, LogConfig.DEFAULT);
        assertThat(successor.endOffset()).isZero();
    }

    @Test
    void aDeletionSweptWhileTheDiskRefusesLeavesNoLines() {
        fixture.appendFlushed(1, "old");
        fixture.directory().checkpoint(Map.of());
        fixture.log().delete();
        disk.refuseSyncs(true);
        assertThat(fixture.directory().sweep(0)).isEqualTo(1);
        disk.kill();
        disk.refuseSyncs(false);
        PartitionLog successor = LogFixture.openDirectory(disk, PATH).open(LogFixture.ORDERS, NEXT, LogConfig.DEFAULT);
        assertThat(successor.endOffset()).isZero();
    }

    @Test
    void aFullDiskTakesASuccessorOnceTheDeletedIsGone() {
        fixture.appendFlushed(1, "x".repeat(10_000));
        fixture.directory().checkpoint(Map.of());
        disk.setCapacityBytes(disk.usedBytes());
        fixture.log().delete();
        PartitionLog successor = fixture.directory().open(LogFixture.ORDERS, NEXT, LogConfig.DEFAULT);
        write(successor, "new");
        disk.kill();
        assertThat(LogFixture.openDirectory(disk, PATH)
                        .open(LogFixture.ORDERS, NEXT, LogConfig.DEFAULT)
                        .endOffset())
                .isEqualTo(1);
    }

    @Test
    void aLateFlushOfADeletedLogLeavesItsSuccessorAlone() throws IOException {
        fixture.append(1, "old");
        fixture.log().delete();
        PartitionLog successor = fixture.directory().open(LogFixture.ORDERS, NEXT, LogConfig.DEFAULT);
        write(successor, "new");

        assertThat(fixture.log().beginFlush(true)).isEmpty();
        fixture.log().delete();

        assertThat(disk.list(PATH)).contains("orders-0");
        assertThat(successor.durableOffset()).isEqualTo(1);
    }

    @Test
    void refusesAFolderThatLostItsSegments() throws IOException {
        fixture.appendFlushed(1, "a", "b");
        fixture.directory().checkpoint(Map.of());
        for (String name : disk.list(fixture.folder())) {
            disk.delete(fixture.folder() + "/" + name);
        }
        disk.kill();
        assertThatThrownBy(fixture::reopen)
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("has no segments although offsets 0 to 1 were on disk");
    }

    @Test
    void refusesAFolderThatIsMissing() throws IOException {
        fixture.appendFlushed(1, "a", "b");
        fixture.log().close();
        fixture.directory().close(partition -> 2L);
        for (String name : disk.list(fixture.folder())) {
            disk.delete(fixture.folder() + "/" + name);
        }
        disk.delete(fixture.folder());
        assertThatThrownBy(fixture::reopen)
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("has no segments");
    }

    private PartitionLog replaceAndKill(String... values) {
        fixture.log().delete();
        PartitionLog successor = fixture.directory().open(LogFixture.ORDERS, NEXT, LogConfig.DEFAULT);
        for (String value : values) {
            write(successor, value);
        }
        disk.kill();
        return LogFixture.openDirectory(disk, PATH).open(LogFixture.ORDERS, NEXT, LogConfig.DEFAULT);
    }

    private static void write(PartitionLog log, String value) {
        LogFixture.append(log, Batches.of(1, value), Lease.NONE, 0, 1_000_000);
        FlushJob job = log.beginFlush(true).orElseThrow();
        job.run();
        log.endFlush(job);
        assertThat(job.error()).isEqualTo(ErrorKind.NONE);
    }

    private String text(String name) throws IOException {
        return FileContents.readText(disk, PATH + "/" + name);
    }
}
