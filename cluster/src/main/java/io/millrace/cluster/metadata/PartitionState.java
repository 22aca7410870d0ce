package io.millrace.cluster.metadata;

import io.millrace.broker.catalog.PartitionView;
import java.util.List;

/// Who hosts a partition, as the metadata log carries it: [PartitionView] without its number.
///
/// @param leader node id, or [PartitionView#NO_LEADER]
/// @param replicas preferred leader first; during a reassignment the new ones and those that go
/// @param isr replicas in sync with the leader, the leader included
/// @param addingReplicas those a reassignment brings
/// @param removingReplicas those that go when it is done
public record PartitionState(
        int leader,
        int leaderEpoch,
        int partitionEpoch,
        List<Integer> replicas,
        List<Integer> isr,
        List<Integer> eligibleLeaderReplicas,
        List<Integer> lastKnownEligibleLeaderReplicas,
        List<Integer> addingReplicas,
        List<Integer> removingReplicas) {
    public PartitionState {
        replicas = List.copyOf(replicas);
        isr = List.copyOf(isr);
        eligibleLeaderReplicas = List.copyOf(eligibleLeaderReplicas);
        lastKnownEligibleLeaderReplicas = List.copyOf(lastKnownEligibleLeaderReplicas);
        addingReplicas = List.copyOf(addingReplicas);
        removingReplicas = List.copyOf(removingReplicas);
    }

    /// A partition that is not being reassigned.
    public PartitionState(
            int leader,
            int leaderEpoch,
            int partitionEpoch,
            List<Integer> replicas,
            List<Integer> isr,
            List<Integer> eligibleLeaderReplicas,
            List<Integer> lastKnownEligibleLeaderReplicas) {
        this(
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

    /// A new partition: all replicas in sync, the preferred one leads.
    public static PartitionState created(List<Integer> replicas) {
        return created(replicas, replicas);
    }

    /// A new partition of which only `isr` are there: the first of them leads.
    public static PartitionState created(List<Integer> replicas, List<Integer> isr) {
        return new PartitionState(isr.getFirst(), 0, 0, replicas, isr, List.of(), List.of());
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
                view.lastKnownEligibleLeaderReplicas(),
                view.addingReplicas(),
                view.removingReplicas());
    }

    /// The same, led by the same node under a later epoch.
    public PartitionState ledFrom(int epoch) {
        return with(epoch, partitionEpoch + 1);
    }

    /// The same as a change of what was before.
    public PartitionState changedOnce() {
        return with(leaderEpoch, partitionEpoch + 1);
    }

    private PartitionState with(int nextLeaderEpoch, int nextPartitionEpoch) {
        return new PartitionState(
                leader,
                nextLeaderEpoch,
                nextPartitionEpoch,
                replicas,
                isr,
                eligibleLeaderReplicas,
                lastKnownEligibleLeaderReplicas,
                addingReplicas,
                removingReplicas);
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
                lastKnownEligibleLeaderReplicas,
                addingReplicas,
                removingReplicas);
    }

    public boolean isReassigning() {
        return !addingReplicas.isEmpty() || !removingReplicas.isEmpty();
    }

    /// Whether this is what [#created(List)] makes of the replicas.
    boolean isFresh() {
        return !replicas.isEmpty()
                && leader == replicas.getFirst()
                && leaderEpoch == 0
                && partitionEpoch == 0
                && isr.equals(replicas)
                && eligibleLeaderReplicas.isEmpty()
                && lastKnownEligibleLeaderReplicas.isEmpty()
                && !isReassigning();
    }
}
