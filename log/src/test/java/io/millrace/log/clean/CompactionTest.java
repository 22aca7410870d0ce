package io.millrace.log.clean;

import static io.millrace.log.batch.Batches.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.batch.Batches;
import io.millrace.log.clean.CleanFolder.Found;
import io.millrace.log.clean.CleanPlan.ActiveProducer;
import io.millrace.log.clean.CleanPlan.SealedSegment;
import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.StorageException;
import io.millrace.log.segment.SegmentNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.junit.jupiter.api.Test;

class CompactionTest {
    private static final LogConfig CONFIG = CleanFolder.config(1 << 20, 1000, 0, Long.MAX_VALUE);

    private final CleanFolder folder = new CleanFolder();
    private final OffsetMap map = new OffsetMap(OffsetMap.BYTES_MAX, 1, 2);

    @Test
    void theLastBatchOfAnActiveProducerStaysAsAHeader() throws IOException {
        folder.addSegment(List.of(
                Batches.idempotent(
                        CompressionType.ZSTD, 0, 7, (short) 1, 0, false, record(5, "a", "1"), record(6, "b", "1")),
                Batches.idempotent(CompressionType.NONE, 2, 8, (short) 0, 0, false, record(7, "a", "2")),
                Batches.of(CompressionType.NONE, record(8, "a", "3"), record(9, "b", "3"))
                        .putLong(0, 3)));
        clean(List.of(new ActiveProducer(7, (short) 1, 1)), List.of(), 100);
        assertThat(folder.records()).extracting(Found::offset).containsExactly(3L, 4L);
        List<MutableRecordBatch> batches = folder.batches();
        assertThat(batches).hasSize(2);
        MutableRecordBatch header = batches.getFirst();
        assertThat(header.baseOffset()).isZero();
        assertThat(header.lastOffset()).isEqualTo(1);
        assertThat(header.producerId()).isEqualTo(7);
        assertThat(header.lastSequence()).isEqualTo(1);
        assertThat(header.maxTimestamp()).isEqualTo(6);
        assertThat(header.countOrNull()).isZero();

        // It goes when the producer is gone.
        folder.cleanedUpTo = 0;
        clean(List.of(), List.of(), 100);
        assertThat(folder.batches()).hasSize(1);
    }

    @Test
    void tombstonesLeaveAfterTheHorizonTheFirstRoundGaveThem() throws IOException {
        folder.addSegment(List.of(
                Batches.of(CompressionType.LZ4, record(5, "a", "1"), record(6, "b", "1")),
                Batches.of(CompressionType.LZ4, record(7, "a", null), record(8, "c", "1"))
                        .putLong(0, 2)));
        clean(List.of(), List.of(), 5000);
        assertThat(folder.records())
                .containsExactly(new Found(1, "b", "1", 6), new Found(2, "a", null, 7), new Found(3, "c", "1", 8));
        assertThat(folder.batches().getLast().deleteHorizonMs()).isEqualTo(OptionalLong.of(6000));

        folder.cleanedUpTo = 0;
        clean(List.of(), List.of(), 5999);
        assertThat(folder.records()).hasSize(3);
        folder.cleanedUpTo = 0;
        clean(List.of(), List.of(), 6000);
        assertThat(folder.records()).containsExactly(new Found(1, "b", "1", 6), new Found(3, "c", "1", 8));
    }

    @Test
    void abortedDataGoesAndMarkersFollowAfterTheirHorizon() throws IOException {
        folder.addSegment(List.of(
                Batches.of(CompressionType.NONE, record(1, "a", "first")),
                Batches.idempotent(CompressionType.NONE, 1, 7, (short) 0, 0, true, record(2, "a", "aborted")),
                marker(2, 7, ControlRecordType.ABORT),
                Batches.idempotent(CompressionType.NONE, 3, 8, (short) 0, 0, true, record(3, "b", "committed")),
                marker(4, 8, ControlRecordType.COMMIT)));
        List<AbortedTxn> aborted = List.of(new AbortedTxn(7, 1, 2, 1));
        clean(List.of(), aborted, 5000);
        assertThat(data()).containsExactly(new Found(0, "a", "first", 1), new Found(3, "b", "committed", 3));
        assertThat(controlOffsets()).containsExactly(2L, 4L);
        assertThat(AbortedTxn.decodeAll(file(SegmentNames.of(0, SegmentNames.TXN_INDEX))))
                .isEqualTo(aborted);

        // Nothing of the aborted transaction is left: its marker gets a horizon; the committed one still has data.
        folder.cleanedUpTo = 0;
        clean(List.of(), aborted, 6000);
        assertThat(controlOffsets()).containsExactly(2L, 4L);
        assertThat(folder.disk.exists(path(SegmentNames.of(0, SegmentNames.TXN_INDEX))))
                .isFalse();
        folder.cleanedUpTo = 0;
        clean(List.of(), List.of(), 7000);
        assertThat(controlOffsets()).containsExactly(4L);
        assertThat(data()).hasSize(2);
    }

    @Test
    void segmentsAreJoinedUpToTheTopicsSize() {
        List<SealedSegment> segments = List.of(
                new SealedSegment(0, 10, 400),
                new SealedSegment(10, 20, 600),
                new SealedSegment(20, 30, 1),
                new SealedSegment(30, 40, 2000),
                new SealedSegment(40, 50, 500),
                new SealedSegment(50, Integer.MAX_VALUE + 41L, 10));
        List<List<Long>> groups = CleanRun.group(segments, 1000, 10_485_760, 4096).stream()
                .map(group -> group.stream().map(SealedSegment::baseOffset).toList())
                .toList();
        assertThat(groups).containsExactly(List.of(0L, 10L), List.of(20L), List.of(30L), List.of(40L), List.of(50L));
    }

    @Test
    void theIndexesPointAtBatches() throws IOException {
        for (int s = 0; s < 3; s++) {
            List<ByteBuffer> batches = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                long offset = s * 20L + i;
                batches.add(Batches.of(CompressionType.NONE, record(1000 + offset, "k" + i, "v".repeat(80)))
                        .putLong(0, offset));
            }
            folder.addSegment(batches);
        }
        clean(List.of(), List.of(), 5000);
        assertThat(folder.segments()).hasSize(1);
        ByteBuffer log = file(SegmentNames.of(0, SegmentNames.LOG));
        ByteBuffer index = file(SegmentNames.of(0, SegmentNames.OFFSET_INDEX));
        assertThat(index.remaining()).isGreaterThanOrEqualTo(5 * 8);
        while (index.hasRemaining()) {
            int offset = index.getInt();
            int position = index.getInt();
            assertThat(BatchHeader.lastOffset(log, position)).isEqualTo(offset);
        }
        ByteBuffer times = file(SegmentNames.of(0, SegmentNames.TIME_INDEX));
        assertThat(times.getLong(times.limit() - 12)).isEqualTo(1059);
        assertThat(times.getInt(times.limit() - 4)).isEqualTo(59);
    }

    @Test
    void aDamagedSegmentIsLeftAsItIs() throws IOException {
        ByteBuffer batch = Batches.of(CompressionType.NONE, record(5, "a", "1"), record(5, "a", "2"));
        batch.put(batch.limit() - 1, (byte) 0x55);
        folder.addSegment(List.of(batch));
        assertThatThrownBy(() -> clean(List.of(), List.of(), 100)).isInstanceOf(StorageException.class);
        assertThat(file(SegmentNames.of(0, SegmentNames.LOG))).isEqualTo(batch);
    }

    @Test
    void recordsThatCanNotBeUnpackedAreKept() throws IOException {
        ByteBuffer bomb = Batches.of(CompressionType.GZIP, record(5, "a", "0".repeat(1 << 20)));
        folder.addSegment(List.of(
                bomb,
                Batches.of(CompressionType.NONE, record(6, "b", "1"), record(7, "b", "2"))
                        .putLong(0, 1)));
        CleanStats stats = clean(List.of(), List.of(), 100);
        assertThat(stats.batchesUnreadable()).isEqualTo(1);
        assertThat(folder.records()).extracting(Found::offset).containsExactly(0L, 2L);
    }

    @Test
    void thePaceIsKept() {
        long[] now = {0};
        CleanPace pace = CleanPace.of(1000, () -> now[0], nanos -> now[0] += nanos);
        pace.spent(500);
        pace.spent(1500);
        assertThat(now[0]).isEqualTo(2_000_000_000L);
        now[0] += 5_000_000_000L;
        pace.spent(1000);
        assertThat(now[0]).isEqualTo(8_000_000_000L);
    }

    private CleanStats clean(List<ActiveProducer> producers, List<AbortedTxn> aborted, long now) throws IOException {
        return folder.clean(folder.plan(CONFIG, producers, aborted, now), map);
    }

    private List<Found> data() {
        List<Long> control = controlOffsets();
        return folder.records().stream()
                .filter(found -> !control.contains(found.offset()))
                .toList();
    }

    private List<Long> controlOffsets() {
        return folder.batches().stream()
                .filter(MutableRecordBatch::isControlBatch)
                .map(MutableRecordBatch::baseOffset)
                .toList();
    }

    private static String path(String name) {
        return CleanFolder.FOLDER + "/" + name;
    }

    private ByteBuffer file(String name) throws IOException {
        try (var file = folder.disk.open(path(name))) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            return bytes.flip();
        }
    }

    private static ByteBuffer marker(long offset, long producerId, ControlRecordType type) {
        return Batches.copy(MemoryRecords.withEndTransactionMarker(
                        offset, 10, 1, producerId, (short) 0, new EndTransactionMarker(type, 0))
                .buffer());
    }
}
