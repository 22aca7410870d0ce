package io.millrace.log.inspect;

import static io.millrace.log.batch.Batches.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.batch.Batches;
import io.millrace.log.clean.CrashDisk;
import io.millrace.log.disk.DiskFile;
import io.millrace.log.epoch.EpochCheckpoint;
import io.millrace.log.epoch.EpochEntry;
import io.millrace.log.inspect.Finding.Severity;
import io.millrace.log.producer.ProducerSnapshot;
import io.millrace.log.producer.ProducerStates;
import io.millrace.model.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogVerifyTest {
    private static final String FOLDER = "/data/t-0";
    private static final String S0 = "00000000000000000000";
    private static final String S3 = "00000000000000000003";

    private final CrashDisk disk = new CrashDisk();
    private final ByteBuffer first = Batches.idempotent(
            CompressionType.LZ4, 0, 7, (short) 0, 0, false, record(100, "a", "1"), record(101, "b\n", null));
    private final ByteBuffer second =
            Batches.of(CompressionType.NONE, record(99, "c", "3")).putLong(0, 2);
    private final ByteBuffer third = Batches.of(CompressionType.NONE, record(200, "d", "4"), record(201, null, "5"))
            .putLong(0, 3);

    @BeforeEach
    void aSoundFolder() throws IOException {
        write(S0 + ".log", Batches.join(List.of(first, second)));
        write(S0 + ".index", ints(2, first.limit()));
        write(S0 + ".timeindex", ByteBuffer.allocate(12).putLong(101).putInt(1).flip());
        write(S3 + ".log", third);
        // As Kafka leaves the indexes of an active segment: room allocated ahead.
        write(S3 + ".index", ByteBuffer.allocate(80));
        write(S3 + ".timeindex", ByteBuffer.allocate(120));
        ProducerStates states = new ProducerStates(new TopicPartition("t", 0));
        states.apply(first, 0);
        write(S3 + ".snapshot", ProducerSnapshot.encode(states.all()));
        write("leader-epoch-checkpoint", text(EpochCheckpoint.encode(List.of(new EpochEntry(0, 0)))));
        write("partition.metadata", text("version: 0\ntopic_id: abc\n"));
    }

    @Test
    void findsNothingInASoundFolder() throws IOException {
        assertThat(LogVerify.verify(disk, FOLDER, true)).isEqualTo(new LogVerify.Report(List.of(), 2, 3, 5, 5));
    }

    @Test
    void findsEveryFlippedBitOfALog() throws IOException {
        ByteBuffer log = Batches.join(List.of(first, second));
        for (int bit = 0; bit < log.limit() * 8; bit++) {
            boolean isLeaderEpoch = isLeaderEpoch(bit / 8, 0) || isLeaderEpoch(bit / 8, first.limit());
            if (isLeaderEpoch) {
                // Not covered by the checksum, and any epoch is as good as another to look at.
                continue;
            }
            ByteBuffer flipped = Batches.copy(log);
            flipped.put(bit / 8, (byte) (flipped.get(bit / 8) ^ 1 << bit % 8));
            write(S0 + ".log", flipped);
            assertThat(LogVerify.verify(disk, FOLDER, true).findings())
                    .as("bit %d", bit)
                    .isNotEmpty();
        }
    }

    private static boolean isLeaderEpoch(int at, int batch) {
        return at >= batch + 12 && at < batch + 16;
    }

    @Test
    void aTornTailIsDamageOnlyInASealedSegment() throws IOException {
        write(S3 + ".log", third.slice(0, third.limit() - 1));
        LogVerify.Report report = LogVerify.verify(disk, FOLDER, false);
        assertThat(report.isSound()).isTrue();
        assertThat(report.findings())
                .singleElement()
                .extracting(Finding::severity)
                .isEqualTo(Severity.MENDABLE);
        write(S0 + ".log", first.slice(0, first.limit() - 1));
        assertThat(LogVerify.verify(disk, FOLDER, false).isSound()).isFalse();
    }

    @Test
    void findsOffsetsOutOfOrder() throws IOException {
        ByteBuffer late = Batches.copy(second);
        BatchHeader.setBaseOffset(late, 0, 1);
        write(S0 + ".log", Batches.join(List.of(first, late)));
        assertThat(LogVerify.verify(disk, FOLDER, false).isSound()).isFalse();
        BatchHeader.setBaseOffset(late, 0, 3);
        write(S0 + ".log", Batches.join(List.of(first, late)));
        assertThat(LogVerify.verify(disk, FOLDER, false).isSound()).isFalse();
    }

    @Test
    void findsIndexesThatLeadAstray() throws IOException {
        for (ByteBuffer bad : List.of(
                ints(2, first.limit() + 1),
                ints(1, first.limit()),
                ints(2, 9999),
                ints(2, first.limit(), 2, 9999),
                ByteBuffer.allocate(7))) {
            write(S0 + ".index", bad);
            assertMendable(S0 + ".index");
        }
        write(S0 + ".index", ints(2, first.limit()));
        for (long[] bad : new long[][] {{100, 1}, {102, 1}, {101, 1, 101, 2}, {99, 2}}) {
            ByteBuffer entries = ByteBuffer.allocate(bad.length / 2 * 12);
            for (int i = 0; i < bad.length; i += 2) {
                entries.putLong(bad[i]).putInt((int) bad[i + 1]);
            }
            write(S0 + ".timeindex", entries.flip());
            assertMendable(S0 + ".timeindex");
        }
        disk.delete(FOLDER + "/" + S0 + ".timeindex");
        assertMendable(S0 + ".timeindex");
    }

    @Test
    void findsDamagedSideFilesAndLeftovers() throws IOException {
        write(S3 + ".snapshot", ByteBuffer.allocate(10));
        assertMendable(S3 + ".snapshot");
        aSoundFolder();
        write("leader-epoch-checkpoint", text("0\n2\n5 0\n4 9\n"));
        assertMendable("leader-epoch-checkpoint");
        aSoundFolder();
        write(S0 + ".txnindex", ByteBuffer.allocate(35));
        assertMendable(S0 + ".txnindex");
        disk.delete(FOLDER + "/" + S0 + ".txnindex");
        write(S0 + ".log.cleaned", ByteBuffer.allocate(3));
        assertThat(LogVerify.verify(disk, FOLDER, false).findings())
                .singleElement()
                .extracting(Finding::severity)
                .isEqualTo(Severity.NOTE);
    }

    @Test
    void dumpsWhatIsThere() throws IOException {
        List<DumpItem> items = new ArrayList<>();
        LogDump.dump(disk, FOLDER, true, items::add);
        assertThat(items).hasSize(11);
        assertThat(items.get(1))
                .hasToString(
                        "  offsets 0-1 count 2 position 0 size %d epoch -1 codec lz4 CreateTime 101 producer 7 epoch 0 sequences 0-1 crc %d"
                                .formatted(first.limit(), BatchHeader.crc(first, 0)));
        assertThat(items.get(3)).hasToString("    offset 1 timestamp 101 key 'b\\x0a' value null headers 0");
        assertThat(items.getLast().toString()).contains("producer 7").contains("lastOffset 1");
        write(S3 + ".log", ByteBuffer.allocate(5));
        items.clear();
        LogDump.dump(disk, FOLDER, false, items::add);
        assertThat(items).anyMatch(DumpItem.Unreadable.class::isInstance).noneMatch(DumpItem.Entry.class::isInstance);
    }

    private void assertMendable(String file) throws IOException {
        LogVerify.Report report = LogVerify.verify(disk, FOLDER, true);
        assertThat(report.isSound()).isTrue();
        assertThat(report.findings()).isNotEmpty().allSatisfy(finding -> {
            assertThat(finding.file()).isEqualTo(file);
            assertThat(finding.severity()).isEqualTo(Severity.MENDABLE);
        });
    }

    private void write(String name, ByteBuffer content) throws IOException {
        disk.delete(FOLDER + "/" + name);
        try (DiskFile file = disk.create(FOLDER + "/" + name)) {
            file.write(new ByteBuffer[] {content.duplicate()}, 0);
        }
    }

    private static ByteBuffer ints(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4);
        for (int value : values) {
            bytes.putInt(value);
        }
        return bytes.flip();
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
