package io.millrace.log.segment;

import io.millrace.log.disk.DamageException;
import io.millrace.log.disk.DiskFile;
import io.millrace.log.disk.OpenFile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

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
/// @param endOffset no batch of the segment reaches up to it: a base offset that says otherwise, which no checksum
///     covers, is damaged
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
        long endOffset,
        int indexEntries) {
    static final int LOOK_UP = -1;

    /// Stands for a floor behind everything there is.
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    /// The answer when no batch of the segment reaches up to the offset: the next segment has it.
    public static final Range PAST_END = new Range(-1, 0);

    /// Bytes of a segment file.
    public record Range(int position, int length) {}

    /// Prepares a search from what is in memory: the index entries not yet in the file, and the window of those in the
    /// file that was looked up last.
    public static SegmentSearch prepare(
            Segment segment, long fromOffset, long limitOffset, boolean takesRest, int maxBytes, boolean minOneBatch) {
        IndexTail tail = segment.tail();
        IndexWindow window = segment.window();
        int written = segment.writtenBytes();
        int fromFloor = byOffset(tail, window, (int) (fromOffset - segment.baseOffset()));
        long relativeLimit = Math.min(Integer.MAX_VALUE, limitOffset - segment.baseOffset());
        int limitFloor = takesRest ? NO_LIMIT : byOffset(tail, window, (int) relativeLimit);
        int cutFloor = LOOK_UP;
        if (fromFloor != LOOK_UP) {
            long cut = (long) fromFloor + maxBytes;
            cutFloor = cut >= written ? NO_LIMIT : byPosition(tail, window, (int) cut);
        }
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
                segment.endOffset(),
                tail == null ? LOOK_UP : tail.offsetEntriesWritten());
    }

    private static int byOffset(@Nullable IndexTail tail, @Nullable IndexWindow window, int relativeOffset) {
        if (tail != null && tail.coversOffset(relativeOffset)) {
            return tail.floorByOffset(relativeOffset);
        }
        return window != null && window.coversOffset(relativeOffset) ? window.floorByOffset(relativeOffset) : LOOK_UP;
    }

    private static int byPosition(@Nullable IndexTail tail, @Nullable IndexWindow window, int position) {
        if (tail != null && tail.coversPosition(position)) {
            return tail.floorByPosition(position);
        }
        return window != null && window.coversPosition(position) ? window.floorByPosition(position) : LOOK_UP;
    }

    /// Whether [#find] gets by without the index file.
    public boolean isInMemory() {
        return fromFloor != LOOK_UP && limitFloor != LOOK_UP && cutFloor != LOOK_UP;
    }

    /// Whether nothing is written to the segment any more.
    boolean isSealed() {
        return indexEntries == LOOK_UP;
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
            boolean isComplete = indexEntries == LOOK_UP;
            int entries = isComplete ? Math.toIntExact(index.size() / OffsetIndex.ENTRY_BYTES) : indexEntries;
            int relative = (int) (fromOffset - segment.baseOffset());
            int first = Math.max(0, OffsetIndex.entryByOffset(index, entries, relative));
            IndexWindow ahead = IndexWindow.read(index, entries, first, isComplete);
            segment.keep(ahead);
            int from = fromFloor == LOOK_UP ? ahead.floorByOffset(relative) : fromFloor;
            long relativeLimit = Math.min(Integer.MAX_VALUE, limitOffset - segment.baseOffset());
            int limit =
                    limitFloor == LOOK_UP ? OffsetIndex.floorByOffset(index, entries, (int) relativeLimit) : limitFloor;
            int position = (int) Math.min(Integer.MAX_VALUE, (long) from + maxBytes);
            int cut = ahead.coversPosition(position)
                    ? ahead.floorByPosition(position)
                    : OffsetIndex.floorByPosition(index, entries, position);
            return find(file, from, limit, cut);
        }
    }

    private Range find(DiskFile file, int fromFloor, int limitFloor, int cutFloor) throws IOException {
        BatchCursor cursor = new BatchCursor(file, fromFloor, writtenBytes);
        do {
            if (!cursor.next()) {
                return endOrDamage(cursor.endPosition());
            }
            if (!isPlausible(cursor)) {
                throw damage(cursor.position());
            }
        } while (cursor.lastOffset() < fromOffset);
        if (cursor.baseOffset() >= limitOffset) {
            return new Range(cursor.position(), 0);
        }
        int start = cursor.position();
        if (cursor.size() > maxBytes) {
            return new Range(start, minOneBatch ? cursor.size() : 0);
        }
        if (takesRest && writtenBytes - start <= maxBytes) {
            return new Range(start, writtenBytes - start);
        }
        int end = cursor.endPosition();
        int skipTo = Math.min(limitFloor, cutFloor);
        if (skipTo > end && skipTo != NO_LIMIT) {
            cursor = new BatchCursor(file, skipTo, writtenBytes);
            end = skipTo;
        }
        while (cursor.next() && cursor.baseOffset() < limitOffset && cursor.endPosition() - start <= maxBytes) {
            end = cursor.endPosition();
        }
        return new Range(start, end - start);
    }

    /// Compaction may have removed the last batches below the next segment; anything else must be a batch.
    private Range endOrDamage(int position) throws IOException {
        if (position < writtenBytes) {
            throw damage(position);
        }
        return PAST_END;
    }

    private DamageException damage(int position) {
        return new DamageException(
                "no batch at position " + position + " of " + segment.log().path(), segment.baseOffset());
    }

    /// Whether a batch's offsets lie where those of this segment do.
    boolean isPlausible(BatchCursor cursor) {
        return cursor.baseOffset() >= segment.baseOffset()
                && cursor.lastOffset() >= cursor.baseOffset()
                && cursor.lastOffset() < endOffset;
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
