package io.millrace.log.batch;

import io.millrace.model.ErrorKind;
import java.util.List;

/// What became of one append, decided before any byte reached the disk.
///
/// @param error [ErrorKind#NONE] when the batches are part of the log now (or, for a duplicate, were before)
/// @param firstOffset the first offset given to the batches; for a duplicate, the first offset of the original; -1 on
/// error
/// @param nextOffset one past the last offset of the batches: the append is safe once the high watermark reaches it; -1
/// on error
/// @param logAppendTimeMs the append time when the topic stamps it, otherwise -1 (as the wire wants it)
/// @param logStartOffset the log's first offset at that moment
/// @param duplicate whether an idempotent producer sent these batches before, so nothing was appended
/// @param recordErrors which records were refused and why, for errors that concern single records
/// @param message text for people, empty when there is nothing to add to the error
public record AppendResult(
        ErrorKind error,
        long firstOffset,
        long nextOffset,
        long logAppendTimeMs,
        long logStartOffset,
        boolean duplicate,
        List<RecordError> recordErrors,
        String message) {
    /// @param index the record's 0-based place in its batch
    /// @param message what is wrong with it
    public record RecordError(int index, String message) {}

    public static AppendResult appended(
            long firstOffset, long nextOffset, long logAppendTimeMs, long logStartOffset, boolean duplicate) {
        return new AppendResult(
                ErrorKind.NONE, firstOffset, nextOffset, logAppendTimeMs, logStartOffset, duplicate, List.of(), "");
    }

    public static AppendResult refused(ErrorKind error, long logStartOffset, String message) {
        return new AppendResult(error, -1, -1, -1, logStartOffset, false, List.of(), message);
    }
}
