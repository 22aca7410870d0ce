package io.millrace.log.segment;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.disk.DiskFile;
import io.millrace.log.segment.SegmentSearch.Range;
import java.io.IOException;

/// Looks at bytes of a segment before somebody gets them: whether they are whole batches whose checksums hold, in the
/// order of their offsets. What is sound is remembered with the segment.
///
/// Not found: a base offset or a leader epoch that is another one, still in order and inside the segment; no checksum
/// covers them.
public final class SegmentCheck {
    private static final int CHUNK_BYTES = 1 << 17;
    /// The search itself may have brought so much into memory a moment ago.
    private static final int READ_AHEAD_BYTES = 1 << 19;

    private SegmentCheck() {}

    /// How many bytes of what a search found, from their beginning, are sound batches. Reads all of them, and so brings
    /// them into memory: may block.
    public static int soundBytes(SegmentSearch search, DiskFile file, Range range) throws IOException {
        Segment segment = search.segment();
        boolean isCached = file.isCached(range.position(), range.length());
        if (!isCached) {
            segment.forgetChecked();
        } else if (range.length() > READ_AHEAD_BYTES && segment.isChecked(range, search.isSealed())) {
            return range.length();
        }
        long modifiedMs = search.isSealed()
                ? segment.cache().disk().modifiedMs(segment.log().path())
                : CheckedBytes.GROWING;
        int soundBytes = count(search, file, range);
        if (soundBytes > 0) {
            segment.checked(new Range(range.position(), soundBytes), modifiedMs);
        }
        return soundBytes;
    }

    private static int count(SegmentSearch search, DiskFile file, Range range) throws IOException {
        int end = range.position() + range.length();
        BatchCursor cursor = new BatchCursor(file, range.position(), end, CHUNK_BYTES);
        long nextOffset = 0;
        int before = range.position();
        int sound = range.position();
        while (cursor.next()
                && search.isPlausible(cursor)
                && cursor.loadBody()
                && BatchHeader.isCrcValid(cursor.buffer(), cursor.at())) {
            if (cursor.baseOffset() < nextOffset) {
                return before - range.position(); // one of the two that do not follow each other
            }
            nextOffset = cursor.lastOffset() + 1;
            before = sound;
            sound = cursor.endPosition();
        }
        return sound - range.position();
    }
}
