package io.millrace.cluster.replica;

import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicSettings;
import io.millrace.broker.partition.LeaderHint;
import java.util.List;

/// What the metadata says about a partition this node hosts: who leads it, who has it, who is in sync.
///
/// @param leader node id, or [PartitionView#NO_LEADER]
/// @param leaderEpoch the epoch of this leadership; stamped into every batch appended under it
/// @param partitionEpoch goes up with every change of anything here but the settings
/// @param replicas preferred leader first
/// @param isr replicas in sync, the leader included
public record Assignment(
        int leader,
        int leaderEpoch,
        int partitionEpoch,
        List<Integer> replicas,
        List<Integer> isr,
        TopicSettings settings) {
    public static Assignment of(PartitionView partition, TopicSettings settings) {
        return new Assignment(
                partition.leader(),
                partition.leaderEpoch(),
                partition.partitionEpoch(),
                partition.replicas(),
                partition.isr(),
                settings);
    }

    /// Replicas that must be in sync for `acks=all`, and for the high watermark to move: never more than there are
    /// (KIP-966).
    int minInSyncReplicas() {
        return Math.min(settings.minInSyncReplicas(), replicas.size());
    }

    boolean isUnderMinInSync() {
        return isr.size() < minInSyncReplicas();
    }

    public boolean isReplicated() {
        return replicas.size() > 1;
    }

    /// For clients that asked the wrong node (KIP-951).
    public LeaderHint hint() {
        return new LeaderHint(leader, leaderEpoch);
    }
}
