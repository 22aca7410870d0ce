package io.millrace.cluster.replica;

import io.millrace.broker.catalog.TopicSettings;

/// What the metadata says about a partition this node leads.
///
/// @param leaderEpoch the epoch of this leadership; stamped into every batch appended under it
/// @param isrSize replicas in sync, this one included
/// @param replicas replicas the partition has
public record Leadership(int leaderEpoch, int isrSize, int replicas, TopicSettings settings) {
    /// Replicas that must be in sync for `acks=all`: never more than there are (KIP-966).
    int minInSyncReplicas() {
        return Math.min(settings.minInSyncReplicas(), replicas);
    }
}
