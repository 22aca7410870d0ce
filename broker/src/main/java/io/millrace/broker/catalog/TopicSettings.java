package io.millrace.broker.catalog;

import io.millrace.log.config.LogConfig;

/// A topic's settings, resolved and typed.
///
/// @param log what the log acts on
/// @param durability what the high watermark may pass (`millrace.durability`)
/// @param minInSyncReplicas `min.insync.replicas`
/// @param uncleanLeaderElection `unclean.leader.election.enable`
/// @param leaderThrottled replicas whose leader limits what it sends to others
/// @param followerThrottled replicas that limit what they ask for
/// @param decompressedBytesMax largest batch after decompression that is opened here (`max.decompressed.message.bytes`)
/// @param majorityLagMsMax how long a majority waits for a follower that lags; [#WITH_THE_OTHERS] for as long as
///     anybody else does (`millrace.replica.lag.time.max.ms`)
public record TopicSettings(
        LogConfig log,
        Durability durability,
        int minInSyncReplicas,
        boolean uncleanLeaderElection,
        ThrottledReplicas leaderThrottled,
        ThrottledReplicas followerThrottled,
        long decompressedBytesMax,
        long majorityLagMsMax) {
    public static final long WITH_THE_OTHERS = -1;

    /// Of a topic that nobody throttles.
    public TopicSettings(
            LogConfig log,
            Durability durability,
            int minInSyncReplicas,
            boolean uncleanLeaderElection,
            long decompressedBytesMax) {
        this(
                log,
                durability,
                minInSyncReplicas,
                uncleanLeaderElection,
                ThrottledReplicas.NONE,
                ThrottledReplicas.NONE,
                decompressedBytesMax,
                WITH_THE_OTHERS);
    }

    /// What the high watermark may pass.
    public enum Durability {
        /// Bytes fsynced on every in-sync replica (default).
        FSYNC,
        /// Bytes written to the page cache of every in-sync replica (Kafka's habit).
        PAGE_CACHE
    }
}
