package io.millrace.log.segment;

import io.millrace.log.disk.DiskFile;
import io.millrace.log.disk.OpenFile;
import java.io.IOException;

/// Finds the bytes of a read inside one segment. Made by the owner, which fixes everything that may move; run by any
/// one thread.
///
/// `...Floor` are positions of batches known to lie at or before what is looked for, or [#LOOK_UP] when only the index
/// file knows.
///
/// @param fromOffset the batch that contains this offset comes first
/// @param limitOffset no batch at or above this offset is taken; beyond the segment's end for "all"
/// @param takesRest whether every batch that is written lies below `limitOffset`
/// @param writtenBytes how far the file may be read
/// @param indexEntries entries in the `.index` file, or [#LOOK_UP] for as many as it holds
public record SegmentSearch(
        Segment segment,
        long fromOffset,
        long limitOffset,
        boolean takesRest,
        int writtenBytes,
        int maxBytes,
        boolean minOneBatch,
        int fromFloor,
        int limitFloor,
        int cutFloor,
        int indexEntries) {
    static final int LOOK_UP = -1;

    /// The answer when no batch of the segment reaches up to the offset: the next segment has it.
    public static final Range PAST_END = new Range(-1, 0);

    /// Bytes of a segment file.
    public record Range(int position, int length) {}

    /// Prepares a search from what is in memory.
    ///
    public static SegmentSearch prepare(
            Segment segment, long fromOffset, long limitOffset, boolean takesRest, int maxBytes, boolean minOneBatch) {
        IndexTail tail = segment.tail();
        int written = segment.writtenBytes();
        if (tail == null) {
            return new SegmentSearch(
                    segment,
                    fromOffset,
                    limitOffset,
                    takesRest,
                    written,
                    maxBytes,
                    minOneBatch,
                    LOOK_UP,
                    LOOK_UP,
                    LOOK_UP,
                    LOOK_UP);
        }
        int relative = (int) (fromOffset - segment.baseOffset());
        int fromFloor = tail.coversOffset(relative) ? tail.floorByOffset(relative) : LOOK_UP;
        long relativeLimit = Math.min(Integer.MAX_VALUE, limitOffset - segment.baseOffset());
        int limitFloor = tail.coversOffset((int) relativeLimit) ? tail.floorByOffset((int) relativeLimit) : LOOK_UP;
        int cut = (int) Math.min(Integer.MAX_VALUE, (long) fromFloor + maxBytes);
        int cutFloor = fromFloor != LOOK_UP && tail.coversPosition(cut) ? tail.floorByPosition(cut) : LOOK_UP;
        return new SegmentSearch(
                segment,
                fromOffset,
                limitOffset,
                takesRest,
                written,
                maxBytes,
                minOneBatch,
                fromFloor,
                limitFloor,
                cutFloor,
                tail.offsetEntriesWritten());
    }

    /// Whether [#find] gets by without the index file.
    public boolean isInMemory() {
        return fromFloor != LOOK_UP && limitFloor != LOOK_UP && cutFloor != LOOK_UP;
    }

    /// A position at or before all bytes [#find] reads and returns; valid when [#isInMemory()].
    public int floor() {
        return fromFloor;
    }

    public Range find(DiskFile file) throws IOException {
        if (isInMemory()) {
            return find(file, fromFloor, limitFloor, cutFloor);
        }
        try (DiskFile index = segment.cache().disk().open(segment.path(SegmentNames.OFFSET_INDEX))) {
            int entries =
                    indexEntries == LOOK_UP ? Math.toIntExact(index.size() / OffsetIndex.ENTRY_BYTES) : indexEntries;
            int from = fromFloor == LOOK_UP
                    ? OffsetIndex.floorByOffset(index, entries, (int) (fromOffset - segment.baseOffset()))
                    : fromFloor;
            long relativeLimit = Math.min(Integer.MAX_VALUE, limitOffset - segment.baseOffset());
            int limit =
                    limitFloor == LOOK_UP ? OffsetIndex.floorByOffset(index, entries, (int) relativeLimit) : limitFloor;
            int cut = OffsetIndex.floorByPosition(
                    index, entries, (int) Math.min(Integer.MAX_VALUE, (long) from + maxBytes));
            return find(file, from, limit, cut);
        }
    }

    private Range find(DiskFile file, int fromFloor, int limitFloor, int cutFloor) throws IOException {
        BatchCursor cursor = new BatchCursor(file, fromFloor, writtenBytes);
        do {
            if (!cursor.next()) {
                return endOrDamage(cursor.endPosition());
            }
        } while (cursor.lastOffset() < fromOffset);
        if (cursor.baseOffset() >= limitOffset) {
            return new Range(cursor.position(), 0);
        }
        int start = cursor.position();
        if (cursor.size() > maxBytes) {
            return new Range(start, minOneBatch ? cursor.size() : 0);
        }
        int end = cursor.endPosition();
        int skipTo = Math.min(limitFloor, cutFloor);
        if (skipTo > end) {
            cursor = new BatchCursor(file, skipTo, writtenBytes);
            end = skipTo;
        }
        if (takesRest && writtenBytes - start <= maxBytes) {
            return new Range(start, writtenBytes - start);
        }
        while (cursor.next() && cursor.baseOffset() < limitOffset && cursor.endPosition() - start <= maxBytes) {
            end = cursor.endPosition();
        }
        return new Range(start, end - start);
    }

    /// Compaction may have removed the last batches below the next segment; anything else must be a batch.
    private Range endOrDamage(int position) throws IOException {
        if (position < writtenBytes) {
            throw new IOException(
                    "no batch at position " + position + " of " + segment.log().path());
        }
        return PAST_END;
    }

    /// Runs the search on the segment's own file, opened if need be.
    public Range find() throws IOException {
        OpenFile held = segment.log().hold();
        try {
            return find(held.file());
        } finally {
            held.release();
        }
    }
}
