package io.millrace.broker.catalog;

import java.util.List;

/// Who hosts one partition.
///
/// @param index the partition's number, from 0
/// @param leader node id, or -1 while there is none
/// @param leaderEpoch goes up with every change of leader
/// @param partitionEpoch goes up with every change of anything here
/// @param replicas preferred leader first; during a reassignment the new ones and those that go
/// @param isr replicas in sync with the leader, the leader included
/// @param eligibleLeaderReplicas KIP-966
/// @param lastKnownEligibleLeaderReplicas KIP-966
/// @param addingReplicas those of `replicas` that a reassignment brings (KIP-455)
/// @param removingReplicas those of `replicas` that go when the reassignment is done
public record PartitionView(
        int index,
        int leader,
        int leaderEpoch,
        int partitionEpoch,
        List<Integer> replicas,
        List<Integer> isr,
        List<Integer> eligibleLeaderReplicas,
        List<Integer> lastKnownEligibleLeaderReplicas,
        List<Integer> addingReplicas,
        List<Integer> removingReplicas) {
    /// Stands for "no leader".
    public static final int NO_LEADER = -1;

    /// A partition that is not being reassigned.
    public PartitionView(
            int index,
            int leader,
            int leaderEpoch,
            int partitionEpoch,
            List<Integer> replicas,
            List<Integer> isr,
            List<Integer> eligibleLeaderReplicas,
            List<Integer> lastKnownEligibleLeaderReplicas) {
        this(
                index,
                leader,
                leaderEpoch,
                partitionEpoch,
                replicas,
                isr,
                eligibleLeaderReplicas,
                lastKnownEligibleLeaderReplicas,
                List.of(),
                List.of());
    }

    public boolean isReassigning() {
        return !addingReplicas.isEmpty() || !removingReplicas.isEmpty();
    }
}
