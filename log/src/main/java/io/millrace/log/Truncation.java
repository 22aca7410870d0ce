package io.millrace.log;

import io.millrace.log.disk.Disk;
import io.millrace.log.disk.OpenFile;
import io.millrace.log.segment.BatchCursor;
import io.millrace.log.segment.Segment;
import io.millrace.log.segment.SegmentFiles;
import io.millrace.log.segment.SegmentList;
import io.millrace.log.segment.SegmentNames;
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
    void cutTo(long offset) throws IOException {
        if (!folder.exists()) {
            return;
        }
        // From the back, so that a crash in between leaves a log without a gap.
        for (int i = segments.count() - 1; i >= 0; i--) {
            Segment segment = segments.get(i);
            if (segment.baseOffset() >= offset) {
                SegmentFiles.delete(segment);
            } else if (folder.disk().exists(segment.log().path())) {
                cut(segment, offset);
                break;
            }
            // Else a recovery that was broken off has dropped it already, being above what was durable.
        }
        dropSnapshotsAbove(offset);
        folder.disk().syncFolder(folder.path());
    }

    private void cut(Segment segment, long offset) throws IOException {
        // First: who reads at this moment, and finds bytes or an index gone, asks again when the log is loaded anew.
        segment.replaced();
        OpenFile held = segment.log().hold();
        try {
            long size = held.file().size();
            BatchCursor cursor = new BatchCursor(held.file(), 0, segment.writtenBytes());
            int keep = 0;
            while (cursor.next() && cursor.lastOffset() < offset) {
                keep = cursor.endPosition();
            }
            if (keep < size) {
                held.file().truncate(keep);
                held.file().sync();
            }
        } finally {
            held.release();
        }
        segment.cache().disk().delete(segment.path(SegmentNames.OFFSET_INDEX));
        segment.cache().disk().delete(segment.path(SegmentNames.TIME_INDEX));
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
