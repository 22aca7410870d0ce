package io.millrace.cluster.controller;

import io.millrace.broker.catalog.ClusterChanges.DrainReply;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.PartitionChanged;
import io.millrace.model.ErrorKind;
import io.millrace.model.Randomness;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Empties a node: no new replicas come, and those it has are reassigned, each to a node in a rack of its own where
/// there is one, the least loaded first. Goes on by itself as reassignments do; asked again, it takes care of what was
/// left over.
///
/// @param moved partitions that earlier steps reassigned
/// @param stuck partitions that earlier steps found no other node for
/// @param counted replicas on each node after the earlier steps; empty before the first, which counts them
public record DrainNode(int nodeId, PartitionCursor from, int moved, int stuck, Optional<Map<Integer, Integer>> counted)
        implements Command<DrainReply> {
    public DrainNode {
        counted = counted.map(Map::copyOf);
    }

    public static DrainNode of(int nodeId) {
        return new DrainNode(nodeId, PartitionCursor.START, 0, 0, Optional.empty());
    }

    @Override
    public Decision<DrainReply> decide(MetadataImage image, Randomness randomness) {
        if (image.registration(nodeId).isEmpty()) {
            return Decision.unchanged(
                    image,
                    refused(Outcome.refused(ErrorKind.NODE_NOT_REGISTERED, "Node " + nodeId + " is not registered.")));
        }
        Optional<Outcome> tooEarly = Cordon.refusal(image);
        if (tooEarly.isPresent()) {
            return Decision.unchanged(image, refused(tooEarly.get()));
        }
        Decision.Draft draft = new Decision.Draft(image);
        Cordon.set(draft, nodeId, true);
        Walk walk = new Walk(image, draft);
        Optional<PartitionCursor> stop = from.walk(image, SettlePartitions.VISITED_MAX, walk::visit);
        int allMoved = moved + walk.moved;
        int allStuck = stuck + walk.stuck;
        return stop.isPresent()
                ? draft.step(new DrainNode(nodeId, stop.get(), allMoved, allStuck, Optional.of(walk.evacuation.load())))
                : draft.decision(new DrainReply(Outcome.OK, allMoved, allStuck));
    }

    /// One step, with the load of the nodes as it grows.
    private final class Walk {
        private final NodeStandings nodes;
        private final Decision.Draft draft;
        private final Evacuation evacuation;
        private int moved;
        private int stuck;

        Walk(MetadataImage image, Decision.Draft draft) {
            this.nodes = NodeStandings.of(image);
            this.draft = draft;
            List<Evacuation.Host> hosts = image.nodes().stream()
                    .map(node -> new Evacuation.Host(node.id(), node.rack(), node.isActive() && !node.cordoned()))
                    .toList();
            this.evacuation = new Evacuation(nodeId, hosts, counted.orElseGet(() -> count(image)));
        }

        private static Map<Integer, Integer> count(MetadataImage image) {
            Map<Integer, Integer> counts = new HashMap<>();
            PartitionCursor.START.walk(image, (topic, partition) -> {
                partition.replicas().forEach(node -> counts.merge(node, 1, Integer::sum));
                return true;
            });
            return counts;
        }

        boolean visit(TopicView topic, PartitionView partition) {
            List<Integer> hosts = ReplicaMove.target(partition);
            if (hosts.contains(nodeId)) {
                evacuation.target(hosts).ifPresentOrElse(target -> move(topic, partition, target), () -> stuck++);
            }
            return draft.size() < SettlePartitions.STEP_MAX;
        }

        private void move(TopicView topic, PartitionView partition, List<Integer> target) {
            ReplicaMove move = ReplicaMove.of(partition, target);
            if (!move.keepsRecords(partition)) {
                stuck++;
                return;
            }
            moved++;
            new Election(partition, nodes, topic.settings())
                    .reassign(move)
                    .decide()
                    .ifPresent(after -> draft.add(new PartitionChanged(topic.id(), partition.index(), after)));
        }
    }

    @Override
    public DrainReply refused(Outcome why) {
        return new DrainReply(why, moved, stuck);
    }
}
