package io.millrace.log.segment;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.disk.Disk;
import io.millrace.log.disk.DiskFile;
import io.millrace.log.disk.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Makes the last segment of a cleanly closed log ready for appends, reading only the ends of its files.
public final class SegmentReopen {
    private final Segment segment;
    private int offsetEntries;
    private int timeEntries;
    private int lastIndexed;
    private TimeIndex.Entry lastTime = TimeIndex.Entry.NONE;

    private SegmentReopen(Segment segment) {
        this.segment = segment;
    }

    /// @return false when the files contradict each other: the segment must be rebuilt
    public static boolean reopen(Segment segment) throws IOException {
        if (segment.sizeBytes() == 0) {
            // Indexes of nothing are left from batches that recovery cut off.
            segment.rescan();
            return true;
        }
        SegmentReopen reopen = new SegmentReopen(segment);
        return reopen.readIndexes() && reopen.scanTail();
    }

    private boolean readIndexes() throws IOException {
        Disk disk = segment.cache().disk();
        String offsets = segment.path(SegmentNames.OFFSET_INDEX);
        String times = segment.path(SegmentNames.TIME_INDEX);
        if (!disk.exists(offsets) || !disk.exists(times)) {
            return disk.exists(offsets) == disk.exists(times); // they come together: of one alone nothing is known
        }
        return readOffsets(disk, offsets) && readTimes(disk, times);
    }

    private boolean readOffsets(Disk disk, String path) throws IOException {
        try (DiskFile file = disk.open(path)) {
            long size = file.size();
            if (size % OffsetIndex.ENTRY_BYTES != 0 || size > Integer.MAX_VALUE) {
                return false;
            }
            offsetEntries = (int) (size / OffsetIndex.ENTRY_BYTES);
            if (offsetEntries == 0) {
                return true;
            }
            ByteBuffer last = ByteBuffer.allocate(OffsetIndex.ENTRY_BYTES);
            file.read(last, size - OffsetIndex.ENTRY_BYTES);
            lastIndexed = OffsetIndex.position(last.getLong(0));
            // A file that was preallocated and never trimmed ends with zeros.
            return lastIndexed > 0 && lastIndexed < segment.sizeBytes();
        }
    }

    private boolean readTimes(Disk disk, String path) throws IOException {
        try (DiskFile file = disk.open(path)) {
            long size = file.size();
            if (size % TimeIndex.ENTRY_BYTES != 0 || size > Integer.MAX_VALUE) {
                return false;
            }
            timeEntries = (int) (size / TimeIndex.ENTRY_BYTES);
            if (timeEntries == 0) {
                return true;
            }
            lastTime = TimeIndex.read(file, timeEntries - 1);
            return lastTime.timestamp() > 0 && lastTime.relativeOffset() >= 0;
        }
    }

    private boolean scanTail() throws IOException {
        long maxTimestamp = lastTime.timestamp();
        long maxTimestampOffset = maxTimestamp < 0 ? -1 : segment.baseOffset() + lastTime.relativeOffset();
        long firstTimestamp = BatchHeader.NO_TIMESTAMP;
        if (segment.sizeBytes() > 0) {
            OpenFile held = segment.log().hold();
            try {
                BatchCursor cursor = new BatchCursor(held.file(), lastIndexed, segment.sizeBytes());
                while (cursor.next()) {
                    long timestamp = BatchHeader.maxTimestamp(cursor.buffer(), cursor.at());
                    if (timestamp > maxTimestamp) {
                        maxTimestamp = timestamp;
                        maxTimestampOffset = cursor.lastOffset();
                    }
                    segment.setEndOffset(cursor.lastOffset() + 1);
                }
                if (cursor.endPosition() != segment.sizeBytes()) {
                    return false;
                }
                firstTimestamp = firstTimestamp(held.file());
            } finally {
                held.release();
                segment.log().discard();
            }
        }
        segment.knowMaxTimestamp(maxTimestamp, maxTimestampOffset);
        segment.reopen(
                new IndexTail(offsetEntries, timeEntries, lastTime.timestamp(), lastTime.relativeOffset()),
                segment.sizeBytes() - lastIndexed,
                firstTimestamp);
        return true;
    }

    private long firstTimestamp(DiskFile file) throws IOException {
        BatchCursor first = new BatchCursor(file, 0, segment.sizeBytes(), BatchHeader.OVERHEAD);
        return first.next() ? BatchHeader.maxTimestamp(first.buffer(), first.at()) : BatchHeader.NO_TIMESTAMP;
    }
}
