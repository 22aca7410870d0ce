package io.millrace.broker.partition;

import io.millrace.model.TopicPartition;

/// Asks one partition for an offset.
///
/// @param timestampMs the time looked for when `kind` is [Kind#AT_TIMESTAMP], otherwise ignored
/// @param currentLeaderEpoch the leader epoch the client believes in, -1 when it does not say
public record OffsetQuery(
        TopicPartition partition, Kind kind, long timestampMs, int currentLeaderEpoch, boolean readCommitted) {
    /// Which offset is wanted.
    public enum Kind {
        EARLIEST,
        LATEST,
        AT_TIMESTAMP,
        MAX_TIMESTAMP,
        EARLIEST_LOCAL,
        LATEST_TIERED,
        EARLIEST_PENDING_UPLOAD
    }
}
