package io.millrace.log.inspect;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.batch.Compressor;
import io.millrace.log.batch.RecordCursor;
import io.millrace.log.clean.AbortedTxn;
import io.millrace.log.clean.BatchReader;
import io.millrace.log.disk.Disk;
import io.millrace.log.disk.DiskFile;
import io.millrace.log.epoch.EpochCheckpoint;
import io.millrace.log.epoch.EpochEntry;
import io.millrace.log.inspect.Finding.Severity;
import io.millrace.log.producer.ProducerSnapshot;
import io.millrace.log.segment.SegmentNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// Checks a partition's folder without changing it: every batch's CRC, framing and place in the order of offsets, both
/// indexes against the batches, producer snapshots, aborted transactions, leader epochs, and what is left over from
/// cleaning or deletion.
///
/// Blocks on the disk, in large reads; memory is bounded by the largest batch and the index files. Owned by: whoever
/// calls.
public final class LogVerify {
    private static final int FINDINGS_MAX = 1_000;
    private static final int SMALL_FILE_BYTES_MAX = 64 << 20;
    private static final long UNPACKED_BYTES_MAX = 256L << 20;

    private final PartitionFolder folder;
    private final boolean opensRecords;
    private final List<Finding> findings = new ArrayList<>();
    private long nextOffset;
    private long batches;
    private long records;

    private LogVerify(PartitionFolder folder, boolean opensRecords) {
        this.folder = folder;
        this.opensRecords = opensRecords;
    }

    /// What a folder is like.
    ///
    /// @param findings at most a thousand; empty for a sound folder
    /// @param nextOffset one past the last offset found
    public record Report(List<Finding> findings, int segments, long batches, long records, long nextOffset) {
        /// Whether nothing is lost: what recovery mends does not count.
        public boolean isSound() {
            return findings.stream().noneMatch(finding -> finding.severity() == Severity.DAMAGE);
        }
    }

    /// @param opensRecords whether batches are unpacked and their records walked too
    public static Report verify(Disk disk, String path, boolean opensRecords) throws IOException {
        LogVerify verify = new LogVerify(PartitionFolder.list(disk, path), opensRecords);
        return verify.run();
    }

    private Report run() throws IOException {
        List<Long> segments = folder.segments();
        for (int i = 0; i < segments.size(); i++) {
            boolean isLast = i + 1 == segments.size();
            verifySegment(segments.get(i), isLast ? Long.MAX_VALUE : segments.get(i + 1), isLast);
        }
        for (String name : folder.names()) {
            verifyOther(name);
        }
        return new Report(List.copyOf(findings), segments.size(), batches, records, nextOffset);
    }

    private void verifySegment(long base, long end, boolean isLast) throws IOException {
        String name = SegmentNames.of(base, SegmentNames.LOG);
        String indexName = SegmentNames.of(base, SegmentNames.OFFSET_INDEX);
        String timeName = SegmentNames.of(base, SegmentNames.TIME_INDEX);
        nextOffset = Math.max(nextOffset, base);
        IndexCheck indexes = new IndexCheck(
                base,
                index(indexName, isLast),
                index(timeName, isLast),
                (position, text) -> find(Severity.MENDABLE, indexName, position, text),
                (position, text) -> find(Severity.MENDABLE, timeName, position, text));
        try (DiskFile file = folder.open(name)) {
            long size = file.size();
            BatchReader reader = new BatchReader(file, size);
            while (reader.next()) {
                verifyBatch(name, reader, base, end);
                indexes.onBatch(reader.buffer(), reader.at(), reader.position());
            }
            if (!reader.isAtEnd()) {
                find(
                        isLast ? Severity.MENDABLE : Severity.DAMAGE,
                        name,
                        reader.nextPosition(),
                        "%d bytes that are no batch".formatted(size - reader.nextPosition()));
            }
            indexes.atEnd(reader.nextPosition());
        }
    }

    private ByteBuffer index(String name, boolean isLast) throws IOException {
        if (folder.has(name)) {
            return folder.read(name, SMALL_FILE_BYTES_MAX);
        }
        // An active segment's indexes may not have been written yet.
        if (!isLast) {
            find(Severity.MENDABLE, name, -1, "missing");
        }
        return ByteBuffer.allocate(0);
    }

    private void verifyBatch(String name, BatchReader reader, long base, long end) {
        ByteBuffer buffer = reader.buffer();
        int at = reader.at();
        long position = reader.position();
        long first = BatchHeader.baseOffset(buffer, at);
        long last = BatchHeader.lastOffset(buffer, at);
        batches++;
        if (!BatchHeader.isCrcValid(buffer, at)) {
            find(Severity.DAMAGE, name, position, "checksum of the batch at offset %d".formatted(first));
            nextOffset = Math.max(nextOffset, Math.min(last, end - 1) + 1);
            return;
        }
        if (first < base || first < nextOffset || last < first) {
            find(
                    Severity.DAMAGE,
                    name,
                    position,
                    "offsets %d to %d where %d or more was expected"
                            .formatted(first, last, Math.max(base, nextOffset)));
        }
        if (last >= end) {
            find(Severity.DAMAGE, name, position, "offset %d belongs into a later segment".formatted(last));
        }
        nextOffset = Math.max(nextOffset, last + 1);
        int count = BatchHeader.recordCount(buffer, at);
        if (count < 0 || count > last - first + 1) {
            find(Severity.DAMAGE, name, position, "%d records in %d offsets".formatted(count, last - first + 1));
        } else if (opensRecords && count > 0) {
            verifyRecords(name, buffer, at, position);
        }
    }

    private void verifyRecords(String name, ByteBuffer buffer, int at, long position) {
        switch (Compressor.unpack(buffer, at, UNPACKED_BYTES_MAX)) {
            case Compressor.Unpacked.TooLarge() ->
                find(Severity.NOTE, name, position, "unpacks to more than %d bytes".formatted(UNPACKED_BYTES_MAX));
            case Compressor.Unpacked.Damaged(var why) ->
                find(Severity.DAMAGE, name, position, "can not be unpacked: " + why);
            case Compressor.Unpacked.Records(var unpacked) -> {
                RecordCursor cursor = new RecordCursor(unpacked, BatchHeader.recordCount(buffer, at));
                int lastDelta = -1;
                while (cursor.next()) {
                    records++;
                    if (cursor.offsetDelta() <= lastDelta
                            || cursor.offsetDelta() > BatchHeader.lastOffsetDelta(buffer, at)) {
                        find(Severity.DAMAGE, name, position, "record offsets out of order");
                    }
                    lastDelta = cursor.offsetDelta();
                }
                if (cursor.isDamaged()) {
                    find(Severity.DAMAGE, name, position, "records do not fill their batch");
                }
            }
        }
    }

    private void verifyOther(String name) throws IOException {
        if (name.endsWith(SegmentNames.DELETED)
                || name.endsWith(SegmentNames.CLEANED)
                || name.endsWith(SegmentNames.SWAP)) {
            find(Severity.NOTE, name, -1, "left over, mended when the log is opened");
        } else if (name.equals("leader-epoch-checkpoint")) {
            verifyEpochs(name);
        } else if (SegmentNames.parse(name, SegmentNames.SNAPSHOT).isPresent()) {
            if (ProducerSnapshot.decode(folder.read(name, SMALL_FILE_BYTES_MAX))
                    instanceof ProducerSnapshot.Decoded.Damaged(var why)) {
                find(Severity.MENDABLE, name, -1, why);
            }
        } else if (SegmentNames.parse(name, SegmentNames.TXN_INDEX).isPresent()) {
            verifyTransactions(name);
        } else {
            verifyHasLog(name, SegmentNames.OFFSET_INDEX);
            verifyHasLog(name, SegmentNames.TIME_INDEX);
        }
    }

    private void verifyHasLog(String name, String suffix) {
        OptionalLong base = SegmentNames.parse(name, suffix);
        if (base.isPresent() && !folder.has(SegmentNames.of(base.getAsLong(), SegmentNames.LOG))) {
            find(Severity.MENDABLE, name, -1, "an index without its log");
        }
    }

    private void verifyEpochs(String name) throws IOException {
        String text = StandardCharsets.UTF_8
                .decode(folder.read(name, SMALL_FILE_BYTES_MAX))
                .toString();
        List<EpochEntry> entries = EpochCheckpoint.decode(text).orElse(null);
        if (entries == null) {
            find(Severity.MENDABLE, name, -1, "not a checkpoint");
            return;
        }
        for (int i = 1; i < entries.size(); i++) {
            EpochEntry before = entries.get(i - 1);
            EpochEntry entry = entries.get(i);
            if (entry.epoch() <= before.epoch() || entry.startOffset() <= before.startOffset()) {
                find(Severity.MENDABLE, name, -1, "epoch %d does not ascend".formatted(entry.epoch()));
            }
        }
    }

    private void verifyTransactions(String name) throws IOException {
        ByteBuffer bytes = folder.read(name, SMALL_FILE_BYTES_MAX);
        List<AbortedTxn> transactions = AbortedTxn.decodeAll(bytes);
        if (transactions.size() * AbortedTxn.BYTES != bytes.limit()) {
            find(Severity.MENDABLE, name, (long) transactions.size() * AbortedTxn.BYTES, "not an entry");
        }
        for (int i = 1; i < transactions.size(); i++) {
            if (transactions.get(i).lastOffset() <= transactions.get(i - 1).lastOffset()) {
                find(Severity.MENDABLE, name, (long) i * AbortedTxn.BYTES, "does not ascend");
            }
        }
    }

    private void find(Severity severity, String file, long position, String message) {
        if (findings.size() < FINDINGS_MAX) {
            findings.add(new Finding(severity, file, position, message));
        }
    }
}
