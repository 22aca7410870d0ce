package io.millrace.log;

import io.millrace.log.disk.Disk;
import io.millrace.log.disk.DiskFile;
import io.millrace.log.disk.OpenFile;
import io.millrace.log.segment.BatchCursor;
import io.millrace.log.segment.Segment;
import io.millrace.log.segment.SegmentFiles;
import io.millrace.log.segment.SegmentList;
import io.millrace.log.segment.SegmentNames;
import io.millrace.log.segment.SegmentScan;
import java.io.IOException;
import java.util.OptionalLong;

/// Cuts a log's files so that nothing at or above an offset is left, durably: what was cut must not come back with a
/// power cut and mingle with what is written in its place. The log is loaded anew afterwards.
final class Truncation {
    /// Stands for an offset below every batch.
    static final long EVERYTHING = Long.MIN_VALUE;

    private final SegmentList segments;
    private final PartitionFolder folder;

    Truncation(SegmentList segments, PartitionFolder folder) {
        this.segments = segments;
        this.folder = folder;
    }

    /// The first offset of the batch that contains `offset`: batches go as a whole.
    long batchStart(long offset) throws IOException {
        Segment segment = segments.get(segments.indexOf(offset));
        if (segment.writtenBytes() == 0) {
            return offset;
        }
        OpenFile held = segment.log().hold();
        try {
            BatchCursor cursor = new BatchCursor(held.file(), 0, segment.writtenBytes());
            while (cursor.next()) {
                if (cursor.lastOffset() >= offset) {
                    return Math.min(offset, cursor.baseOffset());
                }
            }
            return offset;
        } finally {
            held.release();
        }
    }

    /// @param offset at least one segment begins at or below it, unless everything goes
    /// @param durableOffset what lies below stays, also what lies behind damage
    /// @throws io.millrace.log.disk.DamageException when something below is missing; nothing below the offset is cut
    void cutTo(long offset, long durableOffset) throws IOException {
        if (!folder.exists()) {
            return;
        }
        // From the back, so that a crash in between leaves a log without a gap.
        for (int i = segments.count() - 1; i >= 0; i--) {
            Segment segment = segments.get(i);
            if (segment.baseOffset() >= offset) {
                SegmentFiles.delete(segment);
            } else if (folder.disk().exists(segment.log().path())) {
                cut(segment, offset, durableOffset);
                break;
            }
            // Else a recovery that was broken off has dropped it already, being above what was durable.
        }
        dropSnapshotsAbove(offset);
        folder.disk().syncFolder(folder.path());
    }

    private void cut(Segment segment, long offset, long durableOffset) throws IOException {
        OpenFile held = segment.log().hold();
        try {
            int keep = endBelow(segment, held.file(), offset, durableOffset);
            // First: who reads at this moment, and finds bytes or an index gone, asks again when the log is loaded
            // anew.
            segment.replaced();
            if (keep < held.file().size()) {
                held.file().truncate(keep);
                held.file().sync();
            }
        } finally {
            held.release();
        }
        segment.cache().disk().delete(segment.path(SegmentNames.OFFSET_INDEX));
        segment.cache().disk().delete(segment.path(SegmentNames.TIME_INDEX));
    }

    /// Where the batches below an offset end in the file.
    private static int endBelow(Segment segment, DiskFile file, long offset, long durableOffset) throws IOException {
        BatchCursor cursor = new BatchCursor(file, 0, segment.writtenBytes());
        long reached = segment.baseOffset();
        int end = 0;
        while (cursor.next()) {
            if (cursor.lastOffset() >= offset) {
                return end;
            }
            end = cursor.endPosition();
            reached = cursor.lastOffset() + 1;
        }
        if (end < segment.writtenBytes() && reached < durableOffset) {
            throw SegmentScan.damaged(segment, end, reached, durableOffset);
        }
        return end;
    }

    private void dropSnapshotsAbove(long offset) throws IOException {
        Disk disk = folder.disk();
        for (String name : disk.list(folder.path())) {
            OptionalLong snapshot = SegmentNames.parse(name, SegmentNames.SNAPSHOT);
            if (snapshot.isPresent() && snapshot.getAsLong() > offset) {
                disk.delete(folder.path() + "/" + name);
            }
        }
    }
}
