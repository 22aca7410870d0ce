package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.log.disk.StorageException;
import io.millrace.model.ErrorKind;
import io.millrace.testkit.ManualClock;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RetentionTest {
    private final MemoryDisk disk = new MemoryDisk(new ManualClock());

    /// Segments of two batches each, one batch a second.
    private LogFixture tenBatches(LogConfig config) {
        LogFixture fixture = new LogFixture(disk, LogFixture.PATH, config);
        for (int i = 0; i < 10; i++) {
            fixture.appendFlushed(1000L * i, "v" + i);
        }
        return fixture;
    }

    private static int twoBatches() {
        return Batches.of(0, "v0").remaining() * 2;
    }

    private List<String> logs(LogFixture fixture) throws IOException {
        return disk.list(fixture.folder()).stream()
                .filter(name -> name.endsWith(".log"))
                .toList();
    }

    @Test
    void deletesSegmentsWhoseNewestRecordIsTooOld() throws IOException {
        LogFixture fixture = tenBatches(Configs.retaining(twoBatches(), 5000, -1));
        assertThat(logs(fixture)).hasSize(5);
        long freed = fixture.retain(8_500, 10);
        // Newest records of the first two segments: 1,000 and 3,000.
        assertThat(freed).isEqualTo(2L * twoBatches());
        assertThat(fixture.log().startOffset()).isEqualTo(4);
        assertThat(fixture.readAll(4)).hasSize(6);
        assertThat(fixture.log().read(3, 10, 1000, true))
                .isEqualTo(new ReadResult.Refused(ErrorKind.OFFSET_OUT_OF_RANGE));
    }

    @Test
    void deletesWhatExceedsTheSizeAndKeepsAtLeastThatMuch() throws IOException {
        LogFixture fixture = tenBatches(Configs.retaining(twoBatches(), -1, twoBatches() * 3L + 1));
        assertThat(fixture.retain(0, 10)).isEqualTo(twoBatches());
        assertThat(fixture.log().startOffset()).isEqualTo(2);
        assertThat(fixture.log().sizeBytes()).isEqualTo(twoBatches() * 4L);
    }

    @Test
    void deletesNothingAtOrAboveTheHighWatermark() throws IOException {
        LogFixture fixture = tenBatches(Configs.retaining(twoBatches(), 0, -1));
        fixture.retain(1_000_000, 5);
        assertThat(fixture.log().startOffset()).isEqualTo(4);
    }

    @Test
    void filesStayForReadersUntilTheirTimeHasCome() throws IOException {
        LogFixture fixture = tenBatches(Configs.retaining(twoBatches(), 5000, -1));
        ReadResult cold = fixture.log().read(0, 2, 1000, true);
        ReadResult read = ((ReadResult.Cold) cold).job().run();
        fixture.retain(8_500, 10);
        assertThat(Batches.decode(LogFixture.bytes(read))).containsExactly("0=v0", "1=v1");
        assertThat(disk.list(fixture.folder())).anyMatch(name -> name.endsWith(".log.deleted"));
        fixture.directory().sweep(8_500 + 59_999);
        assertThat(disk.list(fixture.folder())).anyMatch(name -> name.endsWith(".log.deleted"));
        assertThat(fixture.directory().sweep(8_500 + 60_000)).isZero();
        assertThat(disk.list(fixture.folder())).noneMatch(name -> name.endsWith(".deleted"));
    }

    @Test
    void sealsAnActiveSegmentThatIsTooOldSoThatItCanGo() throws IOException {
        LogFixture fixture = new LogFixture(disk, LogFixture.PATH, Configs.of(100_000, 64, 10_000, 20_000, -1));
        fixture.appendFlushed(1000, "old");
        fixture.retain(11_000, 1);
        assertThat(fixture.log().beginFlush(false)).isEmpty();
        fixture.retain(11_001, 1);
        assertThat(fixture.flush(true)).isEqualTo(ErrorKind.NONE);
        fixture.retain(21_001, 1);
        assertThat(fixture.log().startOffset()).isEqualTo(1);
        assertThat(fixture.log().sizeBytes()).isZero();
        fixture.appendFlushed(30_000, "new");
        assertThat(fixture.readAll(1)).containsExactly("1=new");
        fixture.reopenCleanly();
        assertThat(fixture.log().startOffset()).isEqualTo(1);
        assertThat(fixture.readAll(1)).containsExactly("1=new");
    }

    @Test
    void theActiveSegmentGoesWhenAllOfItIsTooOld() throws IOException {
        LogFixture fixture = tenBatches(Configs.retaining(100_000, 5000, -1));
        fixture.retain(14_000, 10);
        assertThat(fixture.log().startOffset()).isZero();
        assertThat(fixture.retain(14_001, 10)).isPositive();
        assertThat(fixture.log().startOffset()).isEqualTo(10);
        assertThat(logs(fixture)).containsExactly("00000000000000000010.log");
        disk.kill();
        fixture.reopen();
        assertThat(fixture.append(20_000, "next").firstOffset()).isEqualTo(10);
    }

    @Test
    void makesRoomOnAFullDisk() throws IOException {
        LogFixture fixture = tenBatches(Configs.retaining(twoBatches(), 5000, -1));
        disk.setCapacityBytes(disk.usedBytes());
        fixture.append(20_000, "refused");
        assertThat(fixture.flush(true)).isEqualTo(ErrorKind.STORAGE_ERROR);
        assertThat(fixture.retain(10_500, 10)).isPositive();
        fixture.directory().sweep(Long.MAX_VALUE);
        assertThat(disk.usableBytes("/")).isPositive();
        disk.setCapacityBytes(disk.usedBytes() + 10_000);
        assertThat(fixture.recover()).isEqualTo(ErrorKind.NONE);
        assertThat(fixture.readAll(fixture.log().startOffset())).last().isEqualTo("9=v9");
    }

    @Test
    void whatIsKeptBackFromRecordsLetsRetentionSealTheActiveSegment() throws IOException {
        LogFixture fixture = tenBatches(Configs.retaining(twoBatches(), 5000, -1));
        disk.setReserveBytes(10_000);
        disk.setCapacityBytes(disk.usedBytes() + 10_000);
        fixture.retain(20_000, 10);
        assertThat(fixture.log().isFailed()).isFalse();
        assertThat(fixture.log().startOffset()).isEqualTo(10);
    }

    @Test
    void whatIsSealedGoesBeforeARollThatAFullDiskRefuses() throws IOException {
        LogFixture fixture = tenBatches(Configs.retaining(twoBatches(), 5000, -1));
        disk.setCapacityBytes(0);
        // The active segment is due as well: sealing it needs room that is not there yet.
        assertThatThrownBy(() -> fixture.retain(20_000, 10)).isInstanceOf(StorageException.class);
        assertThat(fixture.log().startOffset()).isEqualTo(8);
        assertThat(fixture.log().isFailed()).isTrue();
        fixture.directory().sweep(Long.MAX_VALUE);
        disk.setCapacityBytes(disk.usedBytes() + 10_000);
        assertThat(fixture.recover()).isEqualTo(ErrorKind.NONE);
        fixture.retain(20_000, 10);
        assertThat(fixture.log().startOffset()).isEqualTo(10);
    }

    @Test
    void rollsByTheTimeOfTheRecords() throws IOException {
        LogFixture fixture = new LogFixture(disk, LogFixture.PATH, Configs.of(100_000, 64, 10_000, -1, -1));
        fixture.appendFlushed(1000, "a");
        fixture.appendFlushed(11_000, "b");
        fixture.appendFlushed(11_001, "c");
        assertThat(logs(fixture)).containsExactly("00000000000000000000.log", "00000000000000000002.log");
    }

    @Test
    void movingTheStartDeletesWholeSegmentsBelow() throws IOException {
        LogFixture fixture = tenBatches(Configs.retaining(twoBatches(), -1, -1));
        assertThat(fixture.log().advanceStartOffset(11)).isEqualTo(ErrorKind.OFFSET_OUT_OF_RANGE);
        assertThat(fixture.log().advanceStartOffset(5)).isEqualTo(ErrorKind.NONE);
        assertThat(fixture.log().startOffset()).isEqualTo(5);
        assertThat(logs(fixture)).hasSize(5);
        fixture.retain(0, 10);
        assertThat(logs(fixture)).first().isEqualTo("00000000000000000004.log");
        fixture.reopenCleanly();
        assertThat(fixture.log().startOffset()).isEqualTo(5);
        assertThat(fixture.log().advanceStartOffset(3)).isEqualTo(ErrorKind.NONE);
        assertThat(fixture.log().startOffset()).isEqualTo(5);
    }

    @Test
    void anEmptiedLogKeepsItsOffsetsAcrossARestart() throws IOException {
        LogFixture fixture = tenBatches(Configs.retaining(twoBatches(), -1, -1));
        fixture.log().advanceStartOffset(10);
        fixture.retain(0, 10);
        fixture.reopenCleanly();
        assertThat(fixture.log().startOffset()).isEqualTo(10);
        assertThat(fixture.log().endOffset()).isEqualTo(10);
        assertThat(fixture.append(0, "next").firstOffset()).isEqualTo(10);
    }
}
