package io.millrace.log;

import io.millrace.log.disk.DamageException;
import io.millrace.log.disk.OpenFile;
import io.millrace.log.segment.RecentSearch;
import io.millrace.log.segment.Segment;
import io.millrace.log.segment.SegmentList;
import io.millrace.log.segment.SegmentSearch;
import io.millrace.log.segment.SegmentSearch.Range;
import io.millrace.model.ErrorKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Decides how a read is served: from positions in memory and bytes just written (no file is looked at), by a search in
/// bytes that are known to be cached and sound, or by a job that may block and
/// looks at them.
final class LogReader {
    /// Bytes this close to the end of the active segment were written moments ago and are in the page cache.
    private static final int FRESH_BYTES = 8 << 20;

    private LogReader() {}

    /// @param below no batch at or above is read, nor one that is not written
    static ReadResult read(
            SegmentList segments, Positions positions, long from, long below, int maxBytes, boolean minOneBatch) {
        if (from < positions.start() || from > positions.end()) {
            return new ReadResult.Refused(ErrorKind.OFFSET_OUT_OF_RANGE);
        }
        long written = positions.written();
        long limit = Math.min(below, written);
        return from >= limit
                ? new ReadResult.Ready(FileSlice.empty())
                : readWritten(segments, written, from, limit, Math.max(0, maxBytes), minOneBatch);
    }

    /// @param limit at most `writtenOffset`, above `from`
    private static ReadResult readWritten(
            SegmentList segments, long writtenOffset, long from, long limit, int maxBytes, boolean minOneBatch) {
        int index = segments.indexOf(from);
        Segment segment = segments.get(index);
        if (segment == segments.active()) {
            try {
                return readActive(segment, writtenOffset, from, limit, maxBytes, minOneBatch);
            } catch (IOException e) {
                return refused(segment, from, e);
            }
        }
        SegmentSearch here = prepare(segment, writtenOffset, from, limit, maxBytes, minOneBatch);
        try {
            if (!segment.isReplaced() && here.isInMemory() && isCached(segment, here.floor(), maxBytes)) {
                Range range = here.find();
                if (range != SegmentSearch.PAST_END && segment.isChecked(range)) {
                    return ColdSegmentRead.slice(segment, range);
                }
            }
        } catch (IOException e) {
            return refused(segment, from, e);
        }
        Segment[] all = segments.snapshot();
        List<SegmentSearch> searches = new ArrayList<>(all.length - index);
        for (int i = index; i < all.length; i++) {
            searches.add(prepare(all[i], writtenOffset, from, limit, maxBytes, minOneBatch));
        }
        return new ReadResult.Cold(new ColdSegmentRead(searches));
    }

    /// Where files change at this moment, what is in memory is not about them: nobody knows yet that they are damaged.
    private static ReadResult refused(Segment segment, long from, IOException why) {
        if (segment.isReplaced()) {
            return new ReadResult.Cold(() -> new ReadResult.Moved());
        }
        return why instanceof DamageException
                ? new ReadResult.Damaged(from)
                : new ReadResult.Refused(ErrorKind.STORAGE_ERROR);
    }

    private static SegmentSearch prepare(
            Segment segment, long writtenOffset, long from, long limit, int maxBytes, boolean minOneBatch) {
        boolean takesRest = limit >= Math.min(writtenOffset, segment.endOffset());
        return SegmentSearch.prepare(
                segment, Math.max(from, segment.baseOffset()), limit, takesRest, maxBytes, minOneBatch);
    }

    private static ReadResult readActive(
            Segment segment, long writtenOffset, long from, long limit, int maxBytes, boolean minOneBatch)
            throws IOException {
        Range recent = RecentSearch.find(segment, from, limit, limit >= writtenOffset, maxBytes, minOneBatch);
        if (recent != RecentSearch.TOO_OLD && isFresh(segment, recent.position())) {
            return ColdSegmentRead.slice(segment, recent);
        }
        SegmentSearch search = prepare(segment, writtenOffset, from, limit, maxBytes, minOneBatch);
        if (search.isInMemory() && isCached(segment, search.floor(), maxBytes)) {
            Range range = search.find();
            if (range == SegmentSearch.PAST_END) {
                return new ReadResult.Ready(FileSlice.empty());
            }
            if (segment.isChecked(range)) {
                return ColdSegmentRead.slice(segment, range);
            }
        }
        return new ReadResult.Cold(new ColdSegmentRead(List.of(search)));
    }

    private static boolean isFresh(Segment segment, int position) {
        return segment.isBusy() && segment.writtenBytes() - position <= FRESH_BYTES;
    }

    private static boolean isCached(Segment segment, int floor, int maxBytes) throws IOException {
        if (isFresh(segment, floor)) {
            return true;
        }
        OpenFile held = segment.log().hold();
        try {
            long length = Math.min(segment.writtenBytes() - floor, 2L * maxBytes);
            boolean isCached = held.file().isCached(floor, length);
            if (!isCached) {
                segment.forgetChecked();
            }
            return isCached;
        } finally {
            held.release();
        }
    }
}
