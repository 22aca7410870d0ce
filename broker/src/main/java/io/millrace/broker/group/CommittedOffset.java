package io.millrace.broker.group;

import io.millrace.model.TopicId;

/// How far a group has come in one partition.
///
/// @param offset the next offset to consume
/// @param leaderEpoch epoch of the last record consumed, -1 when the client did not say (KIP-320)
/// @param metadata the client's own note
/// @param commitTimestampMs wall-clock time of the commit, start of the retention period
/// @param expireTimestampMs when the client asked for its own retention (OffsetCommit up to v4), otherwise [#NO_EXPIRY]
/// @param topicId the life of the topic that was consumed, [TopicId#NONE] when unknown
public record CommittedOffset(
        long offset,
        int leaderEpoch,
        String metadata,
        long commitTimestampMs,
        long expireTimestampMs,
        TopicId topicId) {
    /// No expiry of its own: the broker's retention applies.
    public static final long NO_EXPIRY = -1;
}
