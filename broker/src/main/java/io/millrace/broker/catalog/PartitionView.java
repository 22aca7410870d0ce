package io.millrace.broker.catalog;

import java.util.List;

/// Who hosts one partition.
///
/// @param index the partition's number, from 0
/// @param leader node id, or -1 while there is none
/// @param leaderEpoch goes up with every change of leader
/// @param partitionEpoch goes up with every change of anything here
/// @param replicas preferred leader first
/// @param isr replicas in sync with the leader, the leader included
/// @param eligibleLeaderReplicas KIP-966
/// @param lastKnownEligibleLeaderReplicas KIP-966
public record PartitionView(
        int index,
        int leader,
        int leaderEpoch,
        int partitionEpoch,
        List<Integer> replicas,
        List<Integer> isr,
        List<Integer> eligibleLeaderReplicas,
        List<Integer> lastKnownEligibleLeaderReplicas) {
    /// Stands for "no leader".
    public static final int NO_LEADER = -1;
}
