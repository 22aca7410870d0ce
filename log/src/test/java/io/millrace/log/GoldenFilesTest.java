package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.disk.FileContents;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.log.segment.SegmentNames;
import io.millrace.testkit.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// The bytes of every file of a partition, as Kafka 4.4 writes them.
final class GoldenFilesTest {
    private final MemoryDisk disk = new MemoryDisk(new ManualClock());

    @Test
    void aPartitionsFilesHaveKafkasBytes() throws IOException {
        LogFixture fixture = new LogFixture(disk, LogFixture.PATH, Configs.small(256, 64));
        ByteBuffer first = Batches.of(0x1000, "a", "b");
        int size = first.remaining();
        fixture.appendFlushed(0x1000, "a", "b");
        fixture.appendFlushed(0x2000, "c", "d");
        fixture.appendFlushed(0x3000, "e", "f");
        fixture.appendFlushed(0x4000, "g", "h");
        fixture.log().close();
        assertThat(disk.list(fixture.folder()))
                .containsExactly(
                        "00000000000000000000.index",
                        "00000000000000000000.log",
                        "00000000000000000000.timeindex",
                        "00000000000000000006.index",
                        "00000000000000000006.log",
                        "00000000000000000006.snapshot",
                        "00000000000000000006.timeindex",
                        "00000000000000000008.snapshot",
                        "leader-epoch-checkpoint",
                        "partition.metadata");
        // Entry: relative offset of the batch's last record, position of the batch.
        assertThat(hex(fixture, 0, SegmentNames.OFFSET_INDEX))
                .isEqualTo("00000003%08x00000005%08x".formatted(size, 2 * size));
        // Entry: largest timestamp so far, relative offset of the batch that has it.
        assertThat(hex(fixture, 0, SegmentNames.TIME_INDEX))
                .isEqualTo("000000000000200100000003" + "000000000000300100000005");
        assertThat(hex(fixture, 6, SegmentNames.OFFSET_INDEX)).isEmpty();
        assertThat(hex(fixture, 6, SegmentNames.TIME_INDEX)).isEqualTo("000000000000400100000001");
        assertThat(FileContents.readText(disk, fixture.folder() + "/leader-epoch-checkpoint"))
                .isEqualTo("0\n1\n0 0\n");
        assertThat(FileContents.readText(disk, fixture.folder() + "/partition.metadata"))
                .isEqualTo("version: 0\ntopic_id: AAAAAAAAQACAAAAAAAAAAA\n");
        // No producers: version 1, CRC-32C of the count, count 0.
        assertThat(hex(fixture, 6, SegmentNames.SNAPSHOT)).isEqualTo("000148674bc700000000");
        assertThat(hex(fixture, 0, SegmentNames.LOG)).startsWith(withEpoch(first, 0, size));
    }

    /// The producer's bytes with base offset and leader epoch 0 filled in.
    private static String withEpoch(ByteBuffer batch, int epoch, int size) {
        ByteBuffer copy = ByteBuffer.allocate(size).put(batch.duplicate()).putInt(12, epoch);
        return HexFormat.of().formatHex(copy.array());
    }

    private String hex(LogFixture fixture, long baseOffset, String suffix) throws IOException {
        return HexFormat.of().formatHex(FileContents.read(disk, fixture.file(baseOffset, suffix)));
    }
}
