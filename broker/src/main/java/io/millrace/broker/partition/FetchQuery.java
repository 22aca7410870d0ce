package io.millrace.broker.partition;

import io.millrace.model.TopicPartition;
import java.util.List;

/// A read of many partitions that may wait for data.
///
/// @param replicaId the follower that asks, or -1 for a consumer
/// @param minBytes answer as soon as so many bytes are there
/// @param maxBytes upper bound over all partitions; the first partition with data may exceed it by one batch
/// @param maxWaitMs answer after this time with whatever is there
/// @param readCommitted hide records of open and aborted transactions (read up to the last stable offset)
/// @param partitions in the order in which the answer is filled
public record FetchQuery(
        int replicaId, int minBytes, int maxBytes, long maxWaitMs, boolean readCommitted, List<Ask> partitions) {
    /// @param fetchOffset first offset wanted
    /// @param maxBytes upper bound for this partition
    /// @param currentLeaderEpoch the leader epoch the client believes in, -1 when it does not say
    /// @param lastFetchedEpoch the epoch of the last batch the client has, -1 when it does not say (KIP-595)
    public record Ask(
            TopicPartition partition, long fetchOffset, int maxBytes, int currentLeaderEpoch, int lastFetchedEpoch) {}
}
