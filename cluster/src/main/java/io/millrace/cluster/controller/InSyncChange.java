package io.millrace.cluster.controller;

import io.millrace.model.TopicId;
import java.util.List;

/// A leader's wish for another in-sync set of one of its partitions (Kafka's AlterPartition, KIP-497).
///
/// @param leaderEpoch of the leadership that wishes
/// @param partitionEpoch of the state the wish was made on
/// @param members the wanted in-sync set, the leader included
public record InSyncChange(
        TopicId topicId, int partition, int leaderEpoch, int partitionEpoch, List<InSyncMember> members) {
    public InSyncChange {
        members = List.copyOf(members);
    }
}
