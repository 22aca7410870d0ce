package io.millrace.cli.cluster;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Where the replicas of a node go that is to be emptied: each to a node in a rack the partition is not on yet where
/// there is one, the least loaded first.
///
/// Owned by: the command's thread. Invariant: no node twice in a partition.
final class Evacuation {
    private final int nodeId;
    private final List<Host> hosts;
    private final Map<Integer, String> racks;
    private final Map<Integer, Integer> load;

    /// A node of the cluster.
    ///
    /// @param mayTake whether it takes replicas now
    record Host(int nodeId, String rack, boolean mayTake) {}

    /// @param nodeId the node to be emptied
    /// @param load replicas of each node so far
    Evacuation(int nodeId, List<Host> nodes, Map<Integer, Integer> load) {
        this.nodeId = nodeId;
        this.hosts = nodes.stream()
                .filter(host -> host.mayTake() && host.nodeId() != nodeId)
                .toList();
        this.racks = nodes.stream().collect(Collectors.toMap(Host::nodeId, Host::rack));
        this.load = new HashMap<>(load);
    }

    /// The replicas with another node in this one's place, which counts as placed; empty when there is no other.
    Optional<List<Integer>> target(List<Integer> replicas) {
        Set<String> taken = replicas.stream()
                .filter(node -> node != nodeId)
                .map(node -> racks.getOrDefault(node, ""))
                .collect(Collectors.toSet());
        return hosts.stream()
                .filter(host -> !replicas.contains(host.nodeId()))
                .min(Comparator.comparing((Host host) -> taken.contains(host.rack()))
                        .thenComparing(host -> load.getOrDefault(host.nodeId(), 0)))
                .map(host -> with(replicas, host.nodeId()));
    }

    private List<Integer> with(List<Integer> replicas, int successor) {
        load.merge(successor, 1, Integer::sum);
        return replicas.stream().map(node -> node == nodeId ? successor : node).toList();
    }
}
