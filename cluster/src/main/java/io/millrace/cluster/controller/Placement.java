package io.millrace.cluster.controller;

import io.millrace.model.Randomness;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Where the replicas of new partitions go: the leader to the node that leads least, further replicas to racks the
/// partition is not on yet, least loaded nodes first.
///
/// Owned by: the one decision that made it. Invariant: no node twice in a partition.
final class Placement {
    private final List<Candidate> candidates;

    /// @param candidates nodes that may host, with what they host so far
    Placement(List<Candidate> candidates, Randomness randomness) {
        this.candidates = new ArrayList<>(candidates);
        shuffle(this.candidates, randomness);
    }

    /// A node that may host replicas.
    ///
    /// Owned by: its placement.
    static final class Candidate {
        private final int nodeId;
        private final String rack;
        private long leaders;
        private long replicas;

        Candidate(int nodeId, String rack, long leaders, long replicas) {
            this.nodeId = nodeId;
            this.rack = rack;
            this.leaders = leaders;
            this.replicas = replicas;
        }

        int nodeId() {
            return nodeId;
        }
    }

    /// Equal candidates are taken in random order, so that small topics do not all begin on the same node.
    private static void shuffle(List<Candidate> candidates, Randomness randomness) {
        for (int last = candidates.size() - 1; last > 0; last--) {
            int other = randomness.nextInt(last + 1);
            Candidate moved = candidates.set(last, candidates.get(other));
            candidates.set(other, moved);
        }
    }

    /// @param partitionCount how many partitions
    /// @param replicationFactor replicas of each, at most as many as there are candidates
    /// @return replicas of each partition, the leader first
    List<List<Integer>> place(int partitionCount, int replicationFactor) {
        List<List<Integer>> placed = new ArrayList<>(partitionCount);
        List<Integer> only = candidates.size() == 1 ? List.of(candidates.getFirst().nodeId) : List.of();
        for (int partition = 0; partition < partitionCount; partition++) {
            placed.add(only.isEmpty() ? placeOne(replicationFactor) : only);
        }
        return placed;
    }

    private List<Integer> placeOne(int replicationFactor) {
        Candidate leader = least(
                candidates,
                Comparator.comparingLong((Candidate node) -> node.leaders).thenComparingLong(node -> node.replicas));
        leader.leaders++;
        List<Candidate> chosen = new ArrayList<>(List.of(leader));
        Set<String> racks = new HashSet<>(Set.of(leader.rack));
        while (chosen.size() < replicationFactor) {
            List<Candidate> left =
                    candidates.stream().filter(node -> !chosen.contains(node)).toList();
            Candidate next = least(
                    left,
                    Comparator.comparing((Candidate node) -> racks.contains(node.rack))
                            .thenComparingLong(node -> node.replicas));
            racks.add(next.rack);
            chosen.add(next);
        }
        chosen.forEach(node -> node.replicas++);
        return chosen.stream().map(node -> node.nodeId).toList();
    }

    private static Candidate least(List<Candidate> nodes, Comparator<Candidate> order) {
        return nodes.stream().min(order).orElseThrow();
    }
}
