package io.millrace.log.clean;

/// What a round did, for the operator.
///
/// @param batchesUnreadable batches whose records could not be unpacked and were kept as they are
public record CleanStats(
        long bytesRead, long bytesWritten, long recordsRead, long recordsKept, long keys, long batchesUnreadable) {}
