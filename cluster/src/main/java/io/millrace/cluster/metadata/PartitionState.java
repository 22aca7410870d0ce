package io.millrace.cluster.metadata;

import io.millrace.broker.catalog.PartitionView;
import java.util.List;

/// Who hosts a partition, as the metadata log carries it: [PartitionView] without its number.
///
/// @param leader node id, or [PartitionView#NO_LEADER]
/// @param replicas preferred leader first
/// @param isr replicas in sync with the leader, the leader included
public record PartitionState(
        int leader,
        int leaderEpoch,
        int partitionEpoch,
        List<Integer> replicas,
        List<Integer> isr,
        List<Integer> eligibleLeaderReplicas,
        List<Integer> lastKnownEligibleLeaderReplicas) {
    public PartitionState {
        replicas = List.copyOf(replicas);
        isr = List.copyOf(isr);
        eligibleLeaderReplicas = List.copyOf(eligibleLeaderReplicas);
        lastKnownEligibleLeaderReplicas = List.copyOf(lastKnownEligibleLeaderReplicas);
    }

    /// A new partition: all replicas in sync, the preferred one leads.
    public static PartitionState created(List<Integer> replicas) {
        return new PartitionState(replicas.getFirst(), 0, 0, replicas, replicas, List.of(), List.of());
    }

    /// What a partition is now.
    public static PartitionState of(PartitionView view) {
        return new PartitionState(
                view.leader(),
                view.leaderEpoch(),
                view.partitionEpoch(),
                view.replicas(),
                view.isr(),
                view.eligibleLeaderReplicas(),
                view.lastKnownEligibleLeaderReplicas());
    }

    /// The same, led by the same node under a later epoch.
    public PartitionState ledFrom(int epoch) {
        return new PartitionState(
                leader,
                epoch,
                partitionEpoch + 1,
                replicas,
                isr,
                eligibleLeaderReplicas,
                lastKnownEligibleLeaderReplicas);
    }

    PartitionView view(int index) {
        return new PartitionView(
                index,
                leader,
                leaderEpoch,
                partitionEpoch,
                replicas,
                isr,
                eligibleLeaderReplicas,
                lastKnownEligibleLeaderReplicas);
    }

    /// Whether this is what [#created(List)] makes of the replicas.
    boolean isFresh() {
        return !replicas.isEmpty()
                && leader == replicas.getFirst()
                && leaderEpoch == 0
                && partitionEpoch == 0
                && isr.equals(replicas)
                && eligibleLeaderReplicas.isEmpty()
                && lastKnownEligibleLeaderReplicas.isEmpty();
    }
}
