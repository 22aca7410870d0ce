package io.millrace.log.clean;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.batch.Compressor;
import io.millrace.log.batch.RecordCursor;
import io.millrace.log.clean.CleanPlan.SealedSegment;
import io.millrace.log.disk.DamageException;
import io.millrace.log.disk.Disk;
import io.millrace.log.disk.DiskFile;
import io.millrace.log.disk.StorageException;
import io.millrace.log.segment.SegmentNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/// One round of cleaning one log. First [#buildMap()], then [#cleanNext()] group by group, oldest first: the owner
/// commits (or discards) each group before the next is asked for, so that what is newest is rewritten last and a crash
/// between two groups leaves only superseded records behind, which the next round finds again.
///
/// Blocks on the disk. Owned by: one thread that may block, from begin to end; it touches nothing but its own
/// `.cleaned` files. Any disk error, and any damage in a segment, ends it with an [IOException] or [StorageException]
/// and the log as it was.
public final class CleanRun {
    private static final int TIME_ENTRY_BYTES = 12;

    private final Disk disk;
    private final CleanPlan plan;
    private final OffsetMap map;
    private final CleanPace pace;
    private long mappedUpTo;
    private Iterator<List<SealedSegment>> groups =
            List.<List<SealedSegment>>of().iterator();
    private BatchFilter filter;
    private TransactionFilter transactions;
    private long bytesRead;
    private long bytesWritten;

    public CleanRun(Disk disk, CleanPlan plan, OffsetMap map, CleanPace pace) {
        this.disk = disk;
        this.plan = plan;
        this.map = map;
        this.pace = pace;
        this.mappedUpTo = plan.firstDirtyOffset();
        this.transactions = new TransactionFilter(plan.aborted());
        this.filter = new BatchFilter(plan, map, mappedUpTo, transactions);
        map.clear();
    }

    /// Reads the dirty part and notes each key's last offset, until the map is full or the uncleanable part begins.
    /// Returns whether there is anything to clean.
    public boolean buildMap() throws IOException {
        TransactionFilter aborts = new TransactionFilter(plan.aborted());
        for (SealedSegment segment : plan.segments()) {
            boolean isDirty = segment.endOffset() > plan.firstDirtyOffset()
                    && segment.baseOffset() < plan.firstUncleanableOffset();
            if (isDirty && !mapSegment(segment, aborts)) {
                break;
            }
        }
        if (mappedUpTo <= plan.firstDirtyOffset()) {
            return false;
        }
        List<SealedSegment> cleanable = plan.segments().stream()
                .filter(segment -> segment.baseOffset() < mappedUpTo)
                .toList();
        groups = group(
                        cleanable,
                        plan.config().segmentBytes(),
                        plan.config().indexBytesMax(),
                        plan.config().indexIntervalBytes())
                .iterator();
        filter = new BatchFilter(plan, map, mappedUpTo, transactions);
        return true;
    }

    /// Returns false when the map is full: the rest waits for another round.
    private boolean mapSegment(SealedSegment segment, TransactionFilter aborts) throws IOException {
        try (DiskFile file = open(segment)) {
            BatchReader reader = new BatchReader(file, segment.sizeBytes(), pace);
            while (reader.next()) {
                ByteBuffer buffer = reader.buffer();
                int at = reader.at();
                requireSound(segment, reader);
                if (BatchHeader.baseOffset(buffer, at) >= plan.firstUncleanableOffset()) {
                    return false;
                }
                boolean counts = isCommittedData(buffer, at, aborts);
                if (BatchHeader.lastOffset(buffer, at) >= plan.firstDirtyOffset()) {
                    if (counts && !mapBatch(buffer, at)) {
                        return false;
                    }
                    mappedUpTo = BatchHeader.lastOffset(buffer, at) + 1;
                }
            }
            requireWhole(segment, reader);
        }
        mappedUpTo = Math.max(mappedUpTo, Math.min(segment.endOffset(), plan.firstUncleanableOffset()));
        return true;
    }

    private static boolean isCommittedData(ByteBuffer buffer, int at, TransactionFilter aborts) {
        if (BatchHeader.isControl(buffer, at)) {
            aborts.onMarker(buffer, at);
            return false;
        }
        return !aborts.isAborted(buffer, at);
    }

    /// Notes a batch's keys; false when they do not all fit. Keys of a batch that did not fit wholly stay noted: they
    /// lie at or above the end of the round and are kept for that.
    private boolean mapBatch(ByteBuffer buffer, int at) {
        if (!(Compressor.unpack(buffer, at, plan.decompressedBytesMax())
                instanceof Compressor.Unpacked.Records(var records))) {
            return true;
        }
        long baseOffset = BatchHeader.baseOffset(buffer, at);
        RecordCursor cursor = new RecordCursor(records, BatchHeader.recordCount(buffer, at));
        while (cursor.next()) {
            long offset = baseOffset + cursor.offsetDelta();
            if (cursor.hasKey() && offset >= plan.firstDirtyOffset() && !map.put(cursor.key(), offset)) {
                return false;
            }
        }
        return true;
    }

    public boolean hasNext() {
        return groups.hasNext();
    }

    /// Cleans the next group into `.cleaned` files and syncs them.
    public CleanedGroup cleanNext() throws IOException {
        List<SealedSegment> group = groups.next();
        long sourceBytesLeft =
                group.stream().mapToLong(SealedSegment::sizeBytes).sum();
        int indexInterval = plan.config().indexIntervalBytes();
        try (CleanedWriter writer =
                new CleanedWriter(disk, plan.folder(), group.getFirst().baseOffset(), indexInterval, pace)) {
            for (SealedSegment segment : group) {
                sourceBytesLeft -= segment.sizeBytes();
                cleanSegment(segment, writer, sourceBytesLeft);
            }
            writer.listAborted(transactions.takeKept());
            List<Long> replaced = group.stream().map(SealedSegment::baseOffset).toList();
            CleanedGroup cleaned = writer.finish(replaced, group.getLast().endOffset());
            bytesWritten += cleaned.sizeBytes();
            return cleaned;
        }
    }

    private void cleanSegment(SealedSegment segment, CleanedWriter writer, long bytesBehind) throws IOException {
        try (DiskFile file = open(segment)) {
            BatchReader reader = new BatchReader(file, segment.sizeBytes(), pace);
            while (reader.next()) {
                requireSound(segment, reader);
                long left = segment.sizeBytes() - reader.nextPosition() + bytesBehind;
                write(reader.buffer(), reader.at(), writer, left);
            }
            requireWhole(segment, reader);
            bytesRead += segment.sizeBytes();
        }
    }

    private void write(ByteBuffer buffer, int at, CleanedWriter writer, long sourceBytesLeft) throws IOException {
        switch (filter.filter(buffer, at)) {
            case BatchFilter.Verdict.Keep() -> writer.append(buffer, at);
            case BatchFilter.Verdict.Drop() -> {}
            case BatchFilter.Verdict.Replace(var batch) -> {
                // Packing anew, or a new base for timestamps, may lengthen a batch. Should that ever threaten the
                // file's
                // 2 GB, the batch is kept as it was: superseded records do no harm.
                if (writer.sizeBytes() + batch.limit() + sourceBytesLeft > Integer.MAX_VALUE) {
                    writer.append(buffer, at);
                } else {
                    writer.append(batch, 0);
                }
            }
        }
    }

    /// Everything below is clean once all groups are committed: what the checkpoint is to say.
    public long cleanedUpTo() {
        return mappedUpTo;
    }

    public CleanStats stats() {
        return new CleanStats(
                bytesRead,
                bytesWritten,
                filter.recordsRead(),
                filter.recordsKept(),
                map.size(),
                filter.batchesUnreadable());
    }

    /// Lets the map's memory go.
    public void end() {
        map.clear();
    }

    /// Neighbours that together fit into one segment: by bytes, by what their indexes may take, and by the 32 bits of a
    /// relative offset.
    static List<List<SealedSegment>> group(
            List<SealedSegment> segments, int segmentBytes, int indexBytesMax, int indexIntervalBytes) {
        // At most one time entry, the larger kind, per index interval.
        long bytesByIndex = (long) indexBytesMax / TIME_ENTRY_BYTES * Math.max(1, indexIntervalBytes);
        long bytesMax = Math.min(segmentBytes, bytesByIndex);
        List<List<SealedSegment>> groups = new ArrayList<>();
        List<SealedSegment> current = new ArrayList<>();
        long bytes = 0;
        for (SealedSegment segment : segments) {
            boolean fits = bytes + segment.sizeBytes() <= bytesMax
                    && (current.isEmpty()
                            || segment.endOffset() - current.getFirst().baseOffset() <= Integer.MAX_VALUE);
            if (!fits && !current.isEmpty()) {
                groups.add(List.copyOf(current));
                current.clear();
                bytes = 0;
            }
            current.add(segment);
            bytes += segment.sizeBytes();
        }
        if (!current.isEmpty()) {
            groups.add(List.copyOf(current));
        }
        return groups;
    }

    private DiskFile open(SealedSegment segment) throws IOException {
        return disk.open(plan.folder() + "/" + SegmentNames.of(segment.baseOffset(), SegmentNames.LOG));
    }

    private void requireSound(SealedSegment segment, BatchReader reader) {
        if (!BatchHeader.isCrcValid(reader.buffer(), reader.at())) {
            throw damaged(segment, reader.position());
        }
    }

    private void requireWhole(SealedSegment segment, BatchReader reader) {
        if (!reader.isAtEnd()) {
            throw damaged(segment, reader.nextPosition());
        }
    }

    private StorageException damaged(SealedSegment segment, long position) {
        String what = "damaged batch at byte %d of %s/%s, not cleaned"
                .formatted(position, plan.folder(), SegmentNames.of(segment.baseOffset(), SegmentNames.LOG));
        return new StorageException(what, new DamageException(what, segment.baseOffset()));
    }
}
