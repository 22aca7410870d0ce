package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.disk.MemoryDisk;
import io.millrace.log.segment.SegmentNames;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Files that are longer than what is in them, and what becomes of the zeros.
final class PreallocationTest {
    private static final int SEGMENT_BYTES = 1_000;

    private final MemoryDisk disk = new MemoryDisk(new ManualClock());
    private final LogFixture fixture = new LogFixture(disk, LogFixture.PATH, Configs.preallocating(SEGMENT_BYTES));
    private final String first = fixture.file(0, SegmentNames.LOG);

    private static int bytesOf(String value) {
        return Batches.of(1, value).remaining();
    }

    @Test
    void aSegmentHasItsLengthFromTheFirstBatchOnAndIsTrimmedWhenItIsFull() throws IOException {
        fixture.appendFlushed(1, "a");
        assertThat(disk.sizeOf(first)).isEqualTo(SEGMENT_BYTES);
        assertThat(fixture.readAll(0)).containsExactly("0=a");
        String large = "x".repeat(SEGMENT_BYTES / 2);
        fixture.appendFlushed(1, large);
        fixture.appendFlushed(1, large);
        assertThat(disk.sizeOf(first)).isEqualTo(0L + bytesOf("a") + bytesOf(large));
        assertThat(disk.sizeOf(fixture.file(2, SegmentNames.LOG))).isEqualTo(SEGMENT_BYTES);
        assertThat(fixture.readAll(0)).containsExactly("0=a", "1=" + large, "2=" + large);
    }

    @Test
    void aCleanCloseLeavesNoZeros() throws IOException {
        fixture.appendFlushed(1, "a");
        fixture.reopenCleanly();
        disk.crash(new SeededRandomness(5));
        assertThat(disk.sizeOf(first)).isEqualTo(bytesOf("a"));
        fixture.reopen();
        fixture.appendFlushed(1, "b");
        assertThat(fixture.readAll(0)).containsExactly("0=a", "1=b");
    }

    @Test
    void recoveryCutsTheZerosOff() throws IOException {
        fixture.appendFlushed(1, "a");
        fixture.appendFlushed(1, "b");
        fixture.directory().checkpoint(Map.of());
        disk.kill();
        fixture.reopen();
        assertThat(disk.sizeOf(first)).isEqualTo(2L * bytesOf("a"));
        assertThat(fixture.readAll(0)).containsExactly("0=a", "1=b");
        fixture.appendFlushed(1, "c");
        assertThat(fixture.readAll(0)).containsExactly("0=a", "1=b", "2=c");
    }

    @Test
    void whatWasDurableSurvivesAPowerCut() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            MemoryDisk crashing = new MemoryDisk(new ManualClock());
            LogFixture log = new LogFixture(crashing, LogFixture.PATH, Configs.preallocating(SEGMENT_BYTES));
            for (int i = 0; i < 30; i++) {
                log.appendFlushed(1, "v" + i);
            }
            log.append(1, "perhaps");
            log.flush(false);
            crashing.crash(new SeededRandomness(seed));
            log.reopen();
            assertThat(log.readAll(0)).as("seed %d", seed).hasSizeBetween(30, 31);
        }
    }

    @Test
    void aStorageErrorIsRecoveredFrom() throws IOException {
        fixture.appendFlushed(1, "a");
        disk.refuseWrites(true);
        fixture.append(1, "refused");
        fixture.flush(true);
        disk.refuseWrites(false);
        fixture.recover();
        fixture.appendFlushed(1, "b");
        assertThat(fixture.readAll(0)).containsExactly("0=a", "1=b");
    }

    @Test
    void aDiskWithoutTheRoomTakesWhatFits() throws IOException {
        disk.setCapacityBytes(disk.usedBytes() + SEGMENT_BYTES - 100);
        fixture.appendFlushed(1, "a");
        assertThat(disk.sizeOf(first)).isEqualTo(bytesOf("a"));
        assertThat(fixture.readAll(0)).containsExactly("0=a");
    }
}
