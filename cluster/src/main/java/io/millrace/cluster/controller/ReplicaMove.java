package io.millrace.cluster.controller;

import io.millrace.broker.catalog.PartitionView;
import java.util.ArrayList;
import java.util.List;

/// The way from the replicas a partition has to those it shall have (KIP-455): all of them together until the new ones
/// are in sync. What only an earlier wish brought goes at once.
///
/// @param replicas the wanted ones first, then those that go in the end
record ReplicaMove(List<Integer> replicas, List<Integer> adding, List<Integer> removing) {
    static ReplicaMove of(PartitionView partition, List<Integer> target) {
        List<Integer> original = original(partition);
        List<Integer> removing = without(original, target);
        List<Integer> replicas = new ArrayList<>(target);
        replicas.addAll(removing);
        return new ReplicaMove(replicas, without(target, original), removing);
    }

    /// The replicas without those a reassignment under way brings.
    static List<Integer> original(PartitionView partition) {
        return without(partition.replicas(), partition.addingReplicas());
    }

    /// What the replicas are when a reassignment under way is done.
    static List<Integer> target(PartitionView partition) {
        return without(partition.replicas(), partition.removingReplicas());
    }

    /// Whether somebody who has the records stays.
    boolean keepsRecords(PartitionView partition) {
        return partition.isr().isEmpty() || partition.isr().stream().anyMatch(replicas::contains);
    }

    private static List<Integer> without(List<Integer> nodes, List<Integer> gone) {
        return nodes.stream().filter(node -> !gone.contains(node)).toList();
    }
}
