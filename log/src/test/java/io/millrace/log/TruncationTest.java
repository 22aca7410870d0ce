package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.log.epoch.EpochEnd;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A follower's log: the leader's batches as they come, cut where the two part.
final class TruncationTest {
    private final MemoryDisk disk = new MemoryDisk(new ManualClock());
    private final LogFixture fixture = new LogFixture(disk, LogFixture.PATH, LogConfig.DEFAULT);

    private static ByteBuffer batch(long baseOffset, int epoch, String... values) {
        ByteBuffer batch = Batches.of(1, values);
        BatchHeader.setBaseOffset(batch, 0, baseOffset);
        BatchHeader.setLeaderEpoch(batch, 0, epoch);
        return batch;
    }

    @Test
    void aLeadersBatchesKeepTheirOffsetsAndEpochs() throws IOException {
        assertThat(fixture.replicate(batch(0, 3, "a", "b")).error()).isEqualTo(ErrorKind.NONE);
        assertThat(fixture.replicate(batch(2, 5, "c")).nextOffset()).isEqualTo(3);
        fixture.flush(true);
        assertThat(fixture.readAll(0)).containsExactly("0=a", "1=b", "2=c");
        assertThat(fixture.log().endOffsetOfEpoch(3)).isEqualTo(new EpochEnd(3, 2));
        assertThat(fixture.log().latestEpoch()).isEqualTo(5);
    }

    @Test
    void whatWasThereBeforeIsRefused() {
        fixture.replicate(batch(0, 3, "a", "b"));
        assertThat(fixture.replicate(batch(1, 3, "b")).error()).isEqualTo(ErrorKind.INVALID_RECORD);
        assertThat(fixture.log().endOffset()).isEqualTo(2);
    }

    @Test
    void aDamagedBatchIsRefused() {
        ByteBuffer damaged = batch(0, 3, "a");
        damaged.put(damaged.limit() - 1, (byte) 99);
        assertThat(fixture.replicate(damaged).error()).isEqualTo(ErrorKind.CORRUPT_MESSAGE);
    }

    @Test
    void aCutTakesTheEpochsAboveWithIt() throws IOException {
        fixture.replicate(batch(0, 3, "a", "b"));
        fixture.replicate(batch(2, 5, "c"));
        fixture.flush(true);
        assertThat(fixture.truncate(2)).isEqualTo(ErrorKind.NONE);
        assertThat(fixture.log().latestEpoch()).isEqualTo(3);
        assertThat(fixture.log().durableOffset()).isEqualTo(2);
        assertThat(fixture.replicate(batch(2, 6, "d")).error()).isEqualTo(ErrorKind.NONE);
        fixture.flush(true);
        disk.crash(new SeededRandomness(7));
        fixture.reopen();
        assertThat(fixture.readAll(0)).containsExactly("0=a", "1=b", "2=d");
        assertThat(fixture.log().endOffsetOfEpoch(5)).isEqualTo(new EpochEnd(3, 2));
    }

    @Test
    void aCutDropsWhatWasNeverWritten() {
        fixture.appendFlushed(1, "a");
        int[] held = {0};
        Lease lease = new Lease() {
            @Override
            public void retain() {
                held[0]++;
            }

            @Override
            public void release() {
                held[0]--;
            }
        };
        LogFixture.append(fixture.log(), Batches.of(2, "b"), lease, 0, 1);
        assertThat(held[0]).isEqualTo(1);
        assertThat(fixture.truncate(1)).isEqualTo(ErrorKind.NONE);
        assertThat(held[0]).isZero();
        assertThat(fixture.log().endOffset()).isEqualTo(1);
    }

    @Test
    void nothingIsAppendedWhileTheJobIsOut() throws IOException {
        fixture.appendFlushed(1, "a");
        fixture.appendFlushed(2, "b");
        TruncationJob job = fixture.log().beginTruncation(1).orElseThrow();
        assertThat(fixture.append(3, "c").error()).isEqualTo(ErrorKind.STORAGE_ERROR);
        assertThat(fixture.log().beginFlush(true)).isEmpty();
        assertThat(fixture.log().beginRetention(1, 1)).isEmpty();
        assertThat(fixture.log().beginRecovery()).isEmpty();
        assertThat(fixture.readAll(0)).containsExactly("0=a", "1=b");
        job.run();
        fixture.log().endTruncation(job);
        assertThat(fixture.readAll(0)).containsExactly("0=a");
        assertThat(fixture.append(3, "c").firstOffset()).isEqualTo(1);
    }

    @Test
    void aCutThatTheDiskBrokeOffIsFinishedByRecovery() throws IOException {
        fixture.appendFlushed(1, "a");
        fixture.appendFlushed(2, "b");
        TruncationJob job = fixture.log().beginTruncation(1).orElseThrow();
        disk.refuseSyncs(true);
        job.run();
        disk.refuseSyncs(false);
        fixture.log().endTruncation(job);
        assertThat(job.error()).isEqualTo(ErrorKind.STORAGE_ERROR);
        RecoveryJob recovery = fixture.log().beginRecovery().orElseThrow();
        recovery.run();
        fixture.log().endRecovery(recovery);
        assertThat(recovery.errorMessage()).isEmpty();
        assertThat(fixture.readAll(0)).containsExactly("0=a");
        assertThat(fixture.append(3, "c").firstOffset()).isEqualTo(1);
    }

    /// Found by the simulator, seed 8529183736660700953: the second try took what it had only noted for written.
    @Test
    void aCheckpointThatTheDiskRefusedToLowerIsLoweredByTheNextTry() throws IOException {
        fixture.appendFlushed(1, "a");
        fixture.appendFlushed(2, "b");
        fixture.directory().checkpoint(Map.of());
        TruncationJob refused = fixture.log().beginTruncation(1).orElseThrow();
        disk.refuseWrites(true);
        refused.run();
        disk.refuseWrites(false);
        fixture.log().endTruncation(refused);
        assertThat(refused.error()).isEqualTo(ErrorKind.STORAGE_ERROR);
        RecoveryJob recovery = fixture.log().beginRecovery().orElseThrow();
        recovery.run();
        fixture.log().endRecovery(recovery);
        assertThat(fixture.truncate(1)).isEqualTo(ErrorKind.NONE);
        disk.crash(new SeededRandomness(3));
        fixture.reopen();
        assertThat(fixture.readAll(0)).containsExactly("0=a");
    }

    @Test
    void noCutComesBeforeTheCheckpointThatKnowsOfIt() throws IOException {
        fixture.appendFlushed(1, "a");
        fixture.appendFlushed(2, "b");
        fixture.directory().checkpoint(Map.of());
        disk.refuseSyncs(true);
        assertThat(fixture.truncate(1)).isEqualTo(ErrorKind.STORAGE_ERROR);
        disk.refuseSyncs(false);
        RecoveryJob recovery = fixture.log().beginRecovery().orElseThrow();
        recovery.run();
        fixture.log().endRecovery(recovery);
        assertThat(fixture.truncate(1)).isEqualTo(ErrorKind.NONE);
        disk.crash(new SeededRandomness(7));
        fixture.reopen();
        assertThat(fixture.readAll(0)).containsExactly("0=a");
    }

    @Test
    void aCheckpointWrittenDuringACutDoesNotKnowWhatGoes() throws IOException {
        fixture.appendFlushed(1, "a");
        fixture.appendFlushed(2, "b");
        TruncationJob job = fixture.log().beginTruncation(1).orElseThrow();
        job.run();
        fixture.directory().checkpoint(Map.of());
        disk.kill();
        fixture.reopen();
        assertThat(fixture.readAll(0)).containsExactly("0=a");
    }

    @Test
    void aLogDeletedDuringACutIsRemovedWhenTheJobIsBack() throws IOException {
        fixture.appendFlushed(1, "a");
        TruncationJob job = fixture.log().beginTruncation(0).orElseThrow();
        fixture.log().delete();
        job.run();
        fixture.log().endTruncation(job);
        assertThat(disk.list(LogFixture.PATH)).doesNotContain("orders-0");
    }

    @Test
    void aRestartBeginsAnewWhereItIsTold() throws IOException {
        fixture.appendFlushed(1, "a");
        fixture.appendFlushed(2, "b");
        fixture.directory().checkpoint(Map.of());
        assertThat(fixture.restart(50)).isEqualTo(ErrorKind.NONE);
        assertThat(fixture.log().startOffset()).isEqualTo(50);
        assertThat(fixture.log().endOffset()).isEqualTo(50);
        assertThat(fixture.log().durableOffset()).isEqualTo(50);
        assertThat(fixture.log().latestEpoch()).isEqualTo(-1);
        assertThat(fixture.log().producers()).isEmpty();
        assertThat(fixture.replicate(batch(50, 4, "x")).error()).isEqualTo(ErrorKind.NONE);
        fixture.flush(true);
        disk.crash(new SeededRandomness(3));
        fixture.reopen();
        assertThat(fixture.log().startOffset()).isEqualTo(50);
        assertThat(fixture.readAll(50)).containsExactly("50=x");
        assertThat(fixture.log().latestEpoch()).isEqualTo(4);
    }

    @Test
    void aCrashRightAfterARestartDoesNotBringBackLowerOffsets() {
        fixture.appendFlushed(1, "a");
        fixture.directory().checkpoint(Map.of());
        assertThat(fixture.restart(50)).isEqualTo(ErrorKind.NONE);
        disk.crash(new SeededRandomness(3));
        fixture.reopen();
        assertThat(fixture.log().startOffset()).isEqualTo(50);
        assertThat(fixture.log().endOffset()).isEqualTo(50);
    }
}
