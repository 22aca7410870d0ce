package io.millrace.log.clean;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.batch.Batches;
import io.millrace.log.clean.CleanPlan.ActiveProducer;
import io.millrace.log.clean.CleanPlan.SealedSegment;
import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.DiskFile;
import io.millrace.log.segment.SegmentNames;
import io.millrace.log.segment.SwapFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;

/// A partition's folder on a [CrashDisk], cleaned the way a log's owner would, and read back with Kafka's own classes.
final class CleanFolder {
    static final String FOLDER = "/data/t-0";

    final CrashDisk disk = new CrashDisk();
    long endOffset;
    long cleanedUpTo;

    /// A record as it is found in the log.
    record Found(long offset, String key, String value, long timestamp) {}

    static LogConfig config(int segmentBytes, long deleteRetentionMs, long minLag, long maxLag) {
        LogConfig d = LogConfig.DEFAULT;
        return new LogConfig(
                segmentBytes,
                d.segmentMs(),
                0,
                200,
                d.indexBytesMax(),
                d.batchBytesMax(),
                -1,
                -1,
                false,
                true,
                deleteRetentionMs,
                minLag,
                maxLag,
                0.5,
                d.timestampType(),
                d.timestampBeforeMaxMs(),
                d.timestampAfterMaxMs(),
                d.compression(),
                d.compressionLevel(),
                0,
                false);
    }

    /// Writes a sealed segment of batches that already carry their offsets.
    void addSegment(List<ByteBuffer> batches) throws IOException {
        String name = SegmentNames.of(BatchHeader.baseOffset(batches.getFirst(), 0), SegmentNames.LOG);
        ByteBuffer all = Batches.join(batches);
        try (DiskFile file = disk.create(FOLDER + "/" + name)) {
            file.write(new ByteBuffer[] {all}, 0);
            file.sync();
        }
        disk.syncFolder(FOLDER);
        endOffset = BatchHeader.lastOffset(batches.getLast(), 0) + 1;
    }

    List<SealedSegment> segments() {
        List<Long> bases = new ArrayList<>();
        for (String name : disk.list(FOLDER)) {
            OptionalLong base = SegmentNames.parse(name, SegmentNames.LOG);
            base.ifPresent(bases::add);
        }
        List<SealedSegment> segments = new ArrayList<>();
        for (int i = 0; i < bases.size(); i++) {
            long end = i + 1 < bases.size() ? bases.get(i + 1) : endOffset;
            int size = (int) disk.sizeOf(FOLDER + "/" + SegmentNames.of(bases.get(i), SegmentNames.LOG));
            segments.add(new SealedSegment(bases.get(i), end, size));
        }
        return segments;
    }

    CleanPlan plan(LogConfig config, List<ActiveProducer> producers, List<AbortedTxn> aborted, long nowMs) {
        return new CleanPlan(FOLDER, segments(), cleanedUpTo, endOffset, producers, aborted, config, 1 << 20, nowMs);
    }

    /// One whole round; the checkpoint moves when it ends.
    CleanStats clean(CleanPlan plan, OffsetMap map) throws IOException {
        CleanRun run = new CleanRun(disk, plan, map, CleanPace.UNLIMITED);
        if (!run.buildMap()) {
            return run.stats();
        }
        while (run.hasNext()) {
            CleanedGroup group = run.cleanNext();
            for (String old : SegmentSwap.commit(disk, FOLDER, group)) {
                disk.delete(old);
            }
        }
        CleanStats stats = run.stats();
        run.end();
        cleanedUpTo = run.cleanedUpTo();
        return stats;
    }

    /// What a log does when it is opened.
    void mend() throws IOException {
        for (SwapFiles.Action action : SwapFiles.mend(disk.list(FOLDER), this::swapEnd)) {
            switch (action) {
                case SwapFiles.Action.Delete(var name) -> disk.delete(FOLDER + "/" + name);
                case SwapFiles.Action.Rename(var from, var to) -> disk.rename(FOLDER + "/" + from, FOLDER + "/" + to);
            }
        }
        disk.syncFolder(FOLDER);
    }

    /// Opens the log after a crash that may be followed by more crashes.
    void restart(Random random) {
        disk.restart(random);
        while (true) {
            if (random.nextBoolean()) {
                disk.cutPowerAfter(random.nextInt(10));
            }
            try {
                mend();
                disk.cutPowerAfter(Integer.MAX_VALUE);
                return;
            } catch (IOException powerCut) {
                disk.restart(random);
            }
        }
    }

    private long swapEnd(long base) {
        long end = base;
        for (MutableRecordBatch batch : batches(SegmentNames.of(base, SegmentNames.LOG) + SegmentNames.SWAP)) {
            end = batch.lastOffset() + 1;
        }
        return end;
    }

    List<MutableRecordBatch> batches() {
        List<MutableRecordBatch> all = new ArrayList<>();
        for (SealedSegment segment : segments()) {
            all.addAll(batches(SegmentNames.of(segment.baseOffset(), SegmentNames.LOG)));
        }
        return all;
    }

    private List<MutableRecordBatch> batches(String name) {
        try (DiskFile file = disk.open(FOLDER + "/" + name)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            List<MutableRecordBatch> found = new ArrayList<>();
            MemoryRecords.readableRecords(bytes.flip()).batches().forEach(found::add);
            assertThat(found.stream().mapToInt(MutableRecordBatch::sizeInBytes).sum())
                    .isEqualTo(bytes.limit());
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Found> records() {
        List<Found> found = new ArrayList<>();
        for (MutableRecordBatch batch : batches()) {
            batch.ensureValid();
            for (Record record : batch) {
                record.ensureValid();
                found.add(new Found(record.offset(), text(record.key()), text(record.value()), record.timestamp()));
            }
        }
        return found;
    }

    private static String text(ByteBuffer bytes) {
        return bytes == null ? null : StandardCharsets.UTF_8.decode(bytes).toString();
    }
}
