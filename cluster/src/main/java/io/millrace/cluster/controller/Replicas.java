package io.millrace.cluster.controller;

import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.PartitionState;
import io.millrace.model.ErrorKind;
import io.millrace.model.Randomness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Who hosts new partitions: chosen by [Placement] or given by hand, and checked as Kafka checks it.
///
/// Owned by: the decision that made it.
final class Replicas {
    private static final long INACTIVE_LOAD = Long.MAX_VALUE / 2;

    private final MetadataImage image;
    private List<Placement.Candidate> candidates = List.of();

    Replicas(MetadataImage image) {
        this.image = image;
    }

    /// The hosts, or why there are none.
    sealed interface Hosts {
        record Chosen(List<PartitionState> partitions) implements Hosts {}

        record Refused(Outcome why) implements Hosts {}
    }

    private static Hosts refused(ErrorKind error, String message) {
        return new Hosts.Refused(Outcome.refused(error, message));
    }

    Hosts place(int partitionCount, int replicationFactor, Randomness randomness) {
        List<NodeView> usable =
                image.nodes().stream().filter(node -> !node.cordoned()).toList();
        List<NodeView> active = usable.stream().filter(NodeView::isActive).toList();
        String prefix = "Unable to replicate the partition " + replicationFactor + " time(s): ";
        if (active.isEmpty()) {
            return refused(
                    ErrorKind.INVALID_REPLICATION_FACTOR,
                    prefix + "All brokers are currently fenced or in controlled shutdown.");
        }
        if (replicationFactor > usable.size()) {
            return refused(
                    ErrorKind.INVALID_REPLICATION_FACTOR,
                    prefix + "The target replication factor of " + replicationFactor
                            + " cannot be reached because only " + usable.size()
                            + " broker(s) are registered or some brokers have all their log directories cordoned.");
        }
        List<Placement.Candidate> hosts = candidates(usable);
        if (active.size() >= replicationFactor) {
            hosts = hosts.stream().filter(host -> image.isActive(host.nodeId())).toList();
        }
        return new Hosts.Chosen(states(new Placement(hosts, randomness).place(partitionCount, replicationFactor)));
    }

    /// Counted once for all that is placed together; placing adds to it.
    private List<Placement.Candidate> candidates(List<NodeView> nodes) {
        if (candidates.isEmpty()) {
            candidates = counted(nodes);
        }
        return candidates;
    }

    /// Load is counted only when there is a choice: with one node it would cost a scan for nothing. Nodes that are not
    /// active come last whatever their load.
    private List<Placement.Candidate> counted(List<NodeView> nodes) {
        Map<Integer, Long> leaders = new HashMap<>();
        Map<Integer, Long> replicas = new HashMap<>();
        if (nodes.size() > 1) {
            for (TopicView topic : image.topics()) {
                for (PartitionView partition : topic.partitions()) {
                    leaders.merge(partition.replicas().getFirst(), 1L, Long::sum);
                    partition.replicas().forEach(node -> replicas.merge(node, 1L, Long::sum));
                }
            }
        }
        return nodes.stream()
                .map(node -> new Placement.Candidate(
                        node.id(),
                        node.rack(),
                        leaders.getOrDefault(node.id(), 0L) + (node.isActive() ? 0 : INACTIVE_LOAD),
                        replicas.getOrDefault(node.id(), 0L) + (node.isActive() ? 0 : INACTIVE_LOAD)))
                .toList();
    }

    /// Checks an assignment given by hand.
    ///
    /// @param replicationFactor what earlier partitions have, if there are any
    Hosts check(List<List<Integer>> assignment, OptionalInt replicationFactor) {
        OptionalInt expected = replicationFactor;
        for (int partition = 0; partition < assignment.size(); partition++) {
            List<Integer> replicas = assignment.get(partition);
            Hosts refusal = refuse(partition, replicas, expected);
            if (refusal instanceof Hosts.Refused) {
                return refusal;
            }
            expected = OptionalInt.of(replicas.size());
        }
        return new Hosts.Chosen(states(assignment));
    }

    /// Why a partition can not lie on these nodes, if so.
    Optional<Outcome> refuse(List<Integer> replicas) {
        if (replicas.isEmpty()) {
            return refusal("an empty replica list.");
        }
        HashSet<Integer> seen = new HashSet<>();
        for (int node : replicas) {
            if (image.registration(node).isEmpty()) {
                return refusal("broker " + node + ", but no such broker is registered.");
            }
            if (!seen.add(node)) {
                return refusal("the broker " + node + " more than once.");
            }
        }
        return Optional.empty();
    }

    private static Optional<Outcome> refusal(String what) {
        return Optional.of(Outcome.refused(
                ErrorKind.INVALID_REPLICA_ASSIGNMENT, "The manual partition assignment includes " + what));
    }

    private Hosts refuse(int partition, List<Integer> replicas, OptionalInt expected) {
        Optional<Outcome> refusal = refuse(replicas);
        if (refusal.isPresent()) {
            return new Hosts.Refused(refusal.get());
        }
        if (expected.isPresent() && expected.getAsInt() != replicas.size()) {
            return refused(
                    ErrorKind.INVALID_REPLICA_ASSIGNMENT,
                    "The manual partition assignment includes a partition with " + replicas.size()
                            + " replica(s), but this is not consistent with previous partitions, which have "
                            + expected.getAsInt() + " replica(s).");
        }
        if (replicas.stream().noneMatch(image::isActive)) {
            return refused(
                    ErrorKind.INVALID_REPLICA_ASSIGNMENT,
                    "All brokers specified in the manual partition assignment for partition " + partition
                            + " are fenced or in controlled shutdown.");
        }
        return new Hosts.Chosen(List.of());
    }

    /// Replicas that are not active are not in sync; the first replica that is leads. Partitions on the same nodes
    /// share one state.
    private List<PartitionState> states(List<List<Integer>> assignment) {
        Map<List<Integer>, PartitionState> states = new HashMap<>();
        List<PartitionState> all = new ArrayList<>(assignment.size());
        for (List<Integer> replicas : assignment) {
            all.add(states.computeIfAbsent(replicas, this::state));
        }
        return all;
    }

    private PartitionState state(List<Integer> replicas) {
        List<Integer> isr = replicas.stream().filter(image::isActive).toList();
        return isr.equals(replicas) ? PartitionState.created(replicas) : PartitionState.created(replicas, isr);
    }
}
