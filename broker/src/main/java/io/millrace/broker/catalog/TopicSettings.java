package io.millrace.broker.catalog;

import io.millrace.log.config.LogConfig;

/// A topic's settings, resolved and typed.
///
/// @param log what the log acts on
/// @param durability what the high watermark may pass (`millrace.durability`)
/// @param minInSyncReplicas `min.insync.replicas`
/// @param uncleanLeaderElection `unclean.leader.election.enable`
/// @param decompressedBytesMax largest batch after decompression that is opened here (`max.decompressed.message.bytes`)
public record TopicSettings(
        LogConfig log,
        Durability durability,
        int minInSyncReplicas,
        boolean uncleanLeaderElection,
        long decompressedBytesMax) {
    /// What the high watermark may pass.
    public enum Durability {
        /// Bytes fsynced on every in-sync replica (default).
        FSYNC,
        /// Bytes written to the page cache of every in-sync replica (Kafka's habit).
        PAGE_CACHE
    }
}
