package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.log.batch.AppendResult;
import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.DiskFile;
import io.millrace.log.disk.FileContents;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.log.disk.StorageException;
import io.millrace.log.epoch.EpochEnd;
import io.millrace.log.segment.SegmentNames;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.testkit.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RecoveryTest {
    private static final LogConfig CONFIG = Configs.small(10_000, 64);
    private static final List<String> ALL = List.of("0=a", "1=b", "2=c", "3=d", "4=e");

    private static LogFixture killedWithThreeBatches(MemoryDisk disk) {
        LogFixture fixture = new LogFixture(disk, LogFixture.PATH, CONFIG);
        fixture.appendFlushed(1000, "a", "b");
        fixture.appendFlushed(2000, "c");
        fixture.appendFlushed(3000, "d", "e");
        disk.kill();
        return fixture;
    }

    @Test
    void cutsATornTailAtEveryByte() throws IOException {
        long size = sizeOfThree();
        for (long cut = 0; cut <= size; cut++) {
            MemoryDisk disk = new MemoryDisk(new ManualClock());
            LogFixture fixture = killedWithThreeBatches(disk);
            try (DiskFile log = disk.open(fixture.file(0, SegmentNames.LOG))) {
                log.truncate(cut);
            }
            fixture.reopen();
            assertPrefix(fixture, "cut at " + cut);
            if (cut == size) {
                assertThat(fixture.log().endOffset()).isEqualTo(5);
            }
            goesOn(fixture);
        }
    }

    @Test
    void cutsAtTheBatchWithAFlippedBitWhereverItIs() throws IOException {
        long size = sizeOfThree();
        for (long at = 0; at < size; at++) {
            MemoryDisk disk = new MemoryDisk(new ManualClock());
            LogFixture fixture = killedWithThreeBatches(disk);
            disk.flipBit(fixture.file(0, SegmentNames.LOG), at, (int) (at % 8));
            fixture.reopen();
            if (!isLeaderEpoch(at)) {
                assertThat(fixture.log().endOffset()).as("flip at %d", at).isLessThan(5);
            }
            assertPrefix(fixture, "flip at " + at);
            goesOn(fixture);
        }
    }

    /// The CRC does not cover the leader epoch, so that a leader can assign it in place; nor can anything else tell.
    private static boolean isLeaderEpoch(long at) throws IOException {
        long[] starts = {0, sizeOf("a", "b"), sizeOf("a", "b") + sizeOf("c")};
        for (long start : starts) {
            if (at >= start + 12 && at < start + 16) {
                return true;
            }
        }
        return false;
    }

    private static long sizeOf(String... values) {
        return Batches.of(1000, values).remaining();
    }

    private static long sizeOfThree() {
        return sizeOf("a", "b") + sizeOf("c") + sizeOf("d", "e");
    }

    private static void assertPrefix(LogFixture fixture, String when) throws IOException {
        List<String> left = fixture.readAll(0);
        assertThat(left).as(when).isEqualTo(ALL.subList(0, left.size()));
        assertThat(fixture.log().endOffset()).as(when).isEqualTo(left.size());
    }

    private static void goesOn(LogFixture fixture) throws IOException {
        long end = fixture.log().endOffset();
        fixture.appendFlushed(5000, "next");
        assertThat(fixture.readAll(end)).containsExactly(end + "=next");
        fixture.reopenCleanly();
        assertThat(fixture.log().endOffset()).isEqualTo(end + 1);
    }

    @Test
    void refusesToCutWhatWasDurable() throws IOException {
        MemoryDisk disk = new MemoryDisk(new ManualClock());
        LogFixture fixture = new LogFixture(disk, LogFixture.PATH, CONFIG);
        fixture.appendFlushed(1000, "a", "b");
        fixture.directory().checkpoint(Map.of());
        disk.kill();
        try (DiskFile log = disk.open(fixture.file(0, SegmentNames.LOG))) {
            log.truncate(10);
        }
        assertThatThrownBy(fixture::reopen)
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("damaged")
                .hasMessageContaining("recovery-point-offset-checkpoint");
    }

    @Test
    void leavesTheChecksumsOfDurableBatchesToReaders() throws IOException {
        MemoryDisk disk = new MemoryDisk(new ManualClock());
        LogFixture fixture = new LogFixture(disk, LogFixture.PATH, CONFIG);
        fixture.appendFlushed(1000, "a", "b");
        fixture.appendFlushed(1000, "c");
        fixture.directory().checkpoint(Map.of());
        disk.kill();
        disk.flipBit(fixture.file(0, SegmentNames.LOG), 70, 0);
        fixture.reopen();
        assertThat(fixture.log().endOffset()).isEqualTo(3);
    }

    @Test
    void rebuildsLostIndexesOfSealedSegments() throws IOException {
        MemoryDisk disk = new MemoryDisk(new ManualClock());
        LogFixture fixture = new LogFixture(disk, LogFixture.PATH, Configs.small(400, 64));
        for (int i = 0; i < 12; i++) {
            fixture.appendFlushed(1000 + i, "value" + i);
        }
        fixture.log().close();
        fixture.directory().close(partition -> 0L);
        byte[] before = FileContents.read(disk, fixture.file(0, SegmentNames.OFFSET_INDEX));
        assertThat(before).isNotEmpty();
        disk.delete(fixture.file(0, SegmentNames.OFFSET_INDEX));
        disk.delete(fixture.file(0, SegmentNames.TIME_INDEX));
        fixture.reopen();
        assertThat(fixture.readAll(0)).hasSize(12);
        assertThat(FileContents.read(disk, fixture.file(0, SegmentNames.OFFSET_INDEX)))
                .isEqualTo(before);
    }

    @Test
    void rebuildsEpochsFromTheLog() throws IOException {
        MemoryDisk disk = new MemoryDisk(new ManualClock());
        LogFixture fixture = new LogFixture(disk, LogFixture.PATH, CONFIG);
        for (int epoch : new int[] {2, 2, 5}) {
            LogFixture.append(fixture.log(), Batches.of(1000, "x"), Lease.NONE, epoch, 1);
        }
        fixture.flush(true);
        assertThat(fixture.log().endOffsetOfEpoch(2)).isEqualTo(new EpochEnd(2, 2));
        disk.kill();
        disk.delete(fixture.folder() + "/leader-epoch-checkpoint");
        fixture.reopen();
        assertThat(fixture.log().latestEpoch()).isEqualTo(5);
        assertThat(fixture.log().endOffsetOfEpoch(3)).isEqualTo(new EpochEnd(2, 2));
        assertThat(fixture.log().endOffsetOfEpoch(5)).isEqualTo(new EpochEnd(5, 3));
    }

    @Test
    void knowsADuplicateAfterACleanRestartAndAfterAKill() throws IOException {
        MemoryDisk disk = new MemoryDisk(new ManualClock());
        LogFixture fixture = new LogFixture(disk, LogFixture.PATH, CONFIG);
        fixture.append(Batches.of(1000, "before"));
        fixture.append(Batches.from(7, 0, 1000, "x", "y"));
        fixture.reopenCleanly();
        assertDuplicate(fixture, Batches.from(7, 0, 1000, "x", "y"), 1, 3);
        fixture.append(Batches.from(7, 2, 1000, "z"));
        fixture.flush(false);
        disk.kill();
        fixture.reopen();
        assertDuplicate(fixture, Batches.from(7, 2, 1000, "z"), 3, 4);
        assertThat(fixture.append(Batches.from(7, 9, 1000, "gap")).error()).isEqualTo(ErrorKind.OUT_OF_ORDER_SEQUENCE);
        assertThat(fixture.append(Batches.from(7, 3, 1000, "next")).firstOffset())
                .isEqualTo(4);
        assertThat(fixture.log().producers()).hasSize(1);
    }

    /// A snapshot in Kafka's form tells of the last batch only; a client that was sent elsewhere while the node stopped
    /// sends all it had in flight again (found by fault schedule 356: it was told OUT_OF_ORDER, and stored them twice).
    @Test
    void knowsAllThatWasInFlightAfterACleanRestart() throws IOException {
        LogFixture fixture = new LogFixture(new MemoryDisk(new ManualClock()), LogFixture.PATH, CONFIG);
        for (int sequence = 0; sequence < 7; sequence++) {
            fixture.append(Batches.from(7, sequence, 1000, "of seven"));
            fixture.append(Batches.from(8, sequence, 1000, "of eight"));
        }
        fixture.reopenCleanly();

        for (int sequence = 2; sequence < 7; sequence++) {
            assertDuplicate(fixture, Batches.from(7, sequence, 1000, "of seven"), 2L * sequence, 2L * sequence + 1);
            assertDuplicate(fixture, Batches.from(8, sequence, 1000, "of eight"), 2L * sequence + 1, 2L * sequence + 2);
        }
        assertThat(fixture.append(Batches.from(7, 1, 1000, "of seven")).error())
                .isEqualTo(ErrorKind.OUT_OF_ORDER_SEQUENCE); // as without a restart: the sixth before the last
        assertThat(fixture.append(Batches.from(7, 7, 1000, "next")).firstOffset())
                .isEqualTo(14);
    }

    @Test
    void knowsWhatWasInFlightWhenASegmentWasRolled() throws IOException {
        MemoryDisk disk = new MemoryDisk(new ManualClock());
        LogFixture fixture = new LogFixture(disk, LogFixture.PATH, Configs.small(400, 64));
        int sequence = 0;
        while (!rolled(fixture)) {
            fixture.append(Batches.from(7, sequence++, 1000, "x"));
            fixture.flush(true);
        }
        disk.kill();
        fixture.reopen();

        for (int again = sequence - 4; again < sequence; again++) {
            assertDuplicate(fixture, Batches.from(7, again, 1000, "x"), again, again + 1);
        }
    }

    private static boolean rolled(LogFixture fixture) throws IOException {
        return fixture.disk().list(fixture.folder()).stream()
                        .filter(name -> name.endsWith(SegmentNames.LOG))
                        .count()
                > 1;
    }

    private static void assertDuplicate(LogFixture fixture, ByteBuffer batch, long firstOffset, long nextOffset) {
        long end = fixture.log().endOffset();
        AppendResult result = fixture.append(batch);
        assertThat(result.error()).isEqualTo(ErrorKind.NONE);
        assertThat(result.duplicate()).isTrue();
        assertThat(result.firstOffset()).isEqualTo(firstOffset);
        assertThat(result.nextOffset()).isEqualTo(nextOffset);
        assertThat(fixture.log().endOffset()).isEqualTo(end);
    }
}
