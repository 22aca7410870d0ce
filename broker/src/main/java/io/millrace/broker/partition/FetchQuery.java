package io.millrace.broker.partition;

import io.millrace.model.TopicPartition;
import java.util.List;

/// A read of many partitions that may wait for data.
///
/// @param asker who asks
/// @param minBytes answer as soon as so many bytes are there
/// @param maxBytes upper bound over all partitions; the first partition with data may exceed it by one batch
/// @param maxWaitMs answer after this time with whatever is there
/// @param readCommitted hide records of open and aborted transactions (read up to the last stable offset)
/// @param partitions in the order in which the answer is filled
public record FetchQuery(
        Asker asker, int minBytes, int maxBytes, long maxWaitMs, boolean readCommitted, List<Ask> partitions) {
    /// Who reads.
    ///
    /// @param nodeId the follower that asks, or -1 for a consumer
    /// @param nodeEpoch the registration under which the follower runs (KIP-903), -1 for a consumer
    /// @param mayReadFollower whether a consumer may be served by a follower (KIP-392)
    /// @param rack where a consumer is, empty when it does not say
    public record Asker(int nodeId, long nodeEpoch, boolean mayReadFollower, String rack) {
        private static final int CONSUMER_ID = -1;

        /// A consumer that reads from leaders.
        public static final Asker CONSUMER = new Asker(CONSUMER_ID, -1, false, "");

        /// A consumer that may read from followers, too.
        public static Asker consumerIn(String rack) {
            return new Asker(CONSUMER_ID, -1, true, rack);
        }

        public static Asker follower(int nodeId, long nodeEpoch) {
            return new Asker(nodeId, nodeEpoch, false, "");
        }

        public boolean isFollower() {
            return nodeId != CONSUMER_ID;
        }
    }

    /// @param fetchOffset first offset wanted; a follower has everything below, durably
    /// @param logStartOffset a follower's first offset, -1 for a consumer
    /// @param maxBytes upper bound for this partition
    /// @param currentLeaderEpoch the leader epoch the client believes in, -1 when it does not say
    /// @param lastFetchedEpoch the epoch of the last batch the client has, -1 when it does not say (KIP-595)
    public record Ask(
            TopicPartition partition,
            long fetchOffset,
            long logStartOffset,
            int maxBytes,
            int currentLeaderEpoch,
            int lastFetchedEpoch) {
        /// What a consumer asks.
        public Ask(
                TopicPartition partition,
                long fetchOffset,
                int maxBytes,
                int currentLeaderEpoch,
                int lastFetchedEpoch) {
            this(partition, fetchOffset, -1, maxBytes, currentLeaderEpoch, lastFetchedEpoch);
        }
    }
}
