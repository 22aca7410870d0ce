package io.millrace.log.clean;

import java.util.List;

/// Segments that were cleaned into one, whose files lie there as `.cleaned`, synced, waiting for the owner to commit
/// them with [SegmentSwap].
///
/// @param replaced base offsets of the segments it stands for, ascending; the first is its own
/// @param endOffset one past the last offset it stands for
/// @param sizeBytes of its log file
/// @param maxTimestamp largest timestamp, -1 when there is none
/// @param maxTimestampOffset the last offset of the batch that has it, -1 when there is none
/// @param suffixes which kinds of file it has, the log first
public record CleanedGroup(
        List<Long> replaced,
        long endOffset,
        int sizeBytes,
        long maxTimestamp,
        long maxTimestampOffset,
        List<String> suffixes) {
    public long baseOffset() {
        return replaced.getFirst();
    }
}
