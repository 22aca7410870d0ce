package io.millrace.log.segment;

import io.millrace.log.segment.SegmentSearch.Range;

/// Finds the bytes of a read among the newest batches of the active segment, in memory.
public final class RecentSearch {
    /// The answer when the batches asked for are older than what is remembered.
    public static final Range TOO_OLD = new Range(-1, 0);

    private RecentSearch() {}

    /// @param takesRest whether every batch that is written lies below `limitOffset`
    public static Range find(
            Segment segment, long fromOffset, long limitOffset, boolean takesRest, int maxBytes, boolean minOneBatch) {
        RecentBatches recent = segment.recent();
        if (recent == null) {
            return TOO_OLD;
        }
        int start = recent.positionOfBatchWith(fromOffset);
        if (start == RecentBatches.UNKNOWN) {
            return TOO_OLD;
        }
        int written = segment.writtenBytes();
        int end = takesRest ? written : Math.min(written, recent.positionAtOrAbove(limitOffset, segment.sizeBytes()));
        if (end - start > maxBytes) {
            int cut = recent.boundaryAtOrBelow(start + maxBytes);
            if (cut == start) {
                cut = minOneBatch ? recent.boundaryAbove(start, segment.sizeBytes()) : start;
            }
            end = cut;
        }
        return new Range(start, Math.max(0, end - start));
    }
}
