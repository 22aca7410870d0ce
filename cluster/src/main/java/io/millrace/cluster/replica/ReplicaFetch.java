package io.millrace.cluster.replica;

import io.millrace.model.TopicIdPartition;
import java.util.List;

/// What a node asks another about all partitions it follows there: an incremental fetch (KIP-227). The other remembers,
/// under the session's number, what was asked about each partition; named are only those whose question changed.
///
/// @param sessionId 0 when a session is to be opened; then all are named
/// @param sessionEpoch counts the questions of a session, 0 for the one that opens it
/// @param wanted in the order in which the answer is filled
/// @param forgotten no longer of interest
public record ReplicaFetch(int sessionId, int sessionEpoch, List<Wanted> wanted, List<TopicIdPartition> forgotten) {
    /// @param position from where on
    public record Wanted(TopicIdPartition key, FollowPosition position) {}
}
