package io.millrace.log.segment;

import io.millrace.log.disk.Disk;
import io.millrace.log.disk.DiskFile;
import java.io.IOException;

/// Where in one segment a search by timestamp begins. Made by the owner, which fixes everything that may move; used by
/// any one thread.
///
/// @param isWritten whether the file has all batches the segment knows of
/// @param knownMaxTimestamp largest timestamp of the segment, or [#LOOK_UP] when only the time index knows
/// @param positionFloor position before which the entries in memory know all batches to be older, or [#LOOK_UP]
/// @param timeEntries entries in the `.timeindex` file, or [#LOOK_UP] for as many as it holds
public record TimeSearch(
        Segment segment,
        long timestamp,
        long endOffset,
        int writtenBytes,
        boolean isWritten,
        long knownMaxTimestamp,
        int positionFloor,
        int timeEntries,
        int offsetEntries) {
    private static final int LOOK_UP = -1;
    private static final long UNKNOWN = Long.MIN_VALUE;

    public static TimeSearch prepare(Segment segment, long timestamp) {
        IndexTail tail = segment.tail();
        long known = segment.isMaxTimestampKnown() ? segment.maxTimestamp() : UNKNOWN;
        int floor = tail == null ? LOOK_UP : tail.floorByTime(timestamp);
        return new TimeSearch(
                segment,
                timestamp,
                segment.endOffset(),
                segment.writtenBytes(),
                segment.writtenBytes() == segment.sizeBytes(),
                known,
                floor,
                tail == null ? LOOK_UP : tail.timeEntriesWritten(),
                tail == null ? LOOK_UP : tail.offsetEntriesWritten());
    }

    /// Whether [#maxTimestamp()] is surely that of a record at or above `startOffset` that is in the file.
    public boolean isMaxReadable(long startOffset) {
        return isWritten && segment.baseOffset() >= startOffset;
    }

    /// Whether nothing of the segment is in its file, which may not even be there.
    public boolean isUnwritten() {
        return writtenBytes == 0;
    }

    public boolean isWhollyBelow(long offset) {
        return endOffset <= offset;
    }

    public long maxTimestamp() throws IOException {
        return knownMaxTimestamp == UNKNOWN ? SegmentTimestamps.last(segment).timestamp() : knownMaxTimestamp;
    }

    /// Position of a batch before which every batch is older than the timestamp.
    public int floorPosition() throws IOException {
        if (positionFloor != LOOK_UP) {
            return positionFloor;
        }
        Disk disk = segment.cache().disk();
        String times = segment.path(SegmentNames.TIME_INDEX);
        String offsets = segment.path(SegmentNames.OFFSET_INDEX);
        if (!disk.exists(times) || !disk.exists(offsets)) {
            return 0;
        }
        try (DiskFile timeFile = disk.open(times);
                DiskFile offsetFile = disk.open(offsets)) {
            TimeIndex.Entry below =
                    TimeIndex.below(timeFile, entries(timeEntries, timeFile, TimeIndex.ENTRY_BYTES), timestamp);
            return below == TimeIndex.Entry.NONE
                    ? 0
                    : OffsetIndex.floorByOffset(
                            offsetFile,
                            entries(offsetEntries, offsetFile, OffsetIndex.ENTRY_BYTES),
                            below.relativeOffset());
        }
    }

    private static int entries(int known, DiskFile file, int entryBytes) throws IOException {
        return known == LOOK_UP ? Math.toIntExact(file.size() / entryBytes) : known;
    }
}
