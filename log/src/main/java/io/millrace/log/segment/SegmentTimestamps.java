package io.millrace.log.segment;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.disk.Disk;
import io.millrace.log.disk.DiskFile;
import io.millrace.log.disk.OpenFile;
import java.io.IOException;

/// The largest timestamp of a sealed segment, read from the end of its time index when somebody needs it.
public final class SegmentTimestamps {
    private SegmentTimestamps() {}

    /// Makes the segment know its largest timestamp.
    public static void load(Segment segment) throws IOException {
        if (!segment.isMaxTimestampKnown()) {
            TimeIndex.Entry last = last(segment);
            boolean found = last.timestamp() >= 0;
            segment.knowMaxTimestamp(last.timestamp(), found ? segment.baseOffset() + last.relativeOffset() : -1);
        }
    }

    /// Makes the segment know the timestamp of its first batch.
    public static void loadFirst(Segment segment) throws IOException {
        if (segment.firstTimestamp() >= 0 || segment.writtenBytes() == 0) {
            return;
        }
        OpenFile held = segment.log().hold();
        try {
            BatchCursor cursor = new BatchCursor(held.file(), 0, segment.writtenBytes(), BatchHeader.OVERHEAD);
            if (cursor.next()) {
                segment.knowFirstTimestamp(BatchHeader.maxTimestamp(cursor.buffer(), cursor.at()));
            }
        } finally {
            held.release();
        }
    }

    static TimeIndex.Entry last(Segment segment) throws IOException {
        Disk disk = segment.cache().disk();
        String path = segment.path(SegmentNames.TIME_INDEX);
        if (!disk.exists(path)) {
            return TimeIndex.Entry.NONE;
        }
        try (DiskFile file = disk.open(path)) {
            int entries = Math.toIntExact(file.size() / TimeIndex.ENTRY_BYTES);
            return entries == 0 ? TimeIndex.Entry.NONE : TimeIndex.read(file, entries - 1);
        }
    }
}
