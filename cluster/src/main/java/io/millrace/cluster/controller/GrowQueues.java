package io.millrace.cluster.controller;

import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.PartitionChanged;
import io.millrace.model.Randomness;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Gives quorum queues and streams that were declared while a node was away the replicas they lack, as RabbitMQ's
/// membership reconciliation does. A few at a time, moves of others counted, so that copies do not crowd out what nodes
/// do for clients. Other topics' replicas are nobody's but the operator's.
///
/// Left alone are queues whose confirms take another number of nodes than the majority of what they would have then:
/// those of a cluster that was one node, and those an operator has changed.
///
/// Answers whether there may be more to do when some of those under way have arrived.
///
/// @param underWay partitions that move, as far as the walk has come
public record GrowQueues(PartitionCursor from, int underWay) implements Command<Boolean> {
    /// So many partitions move at the same time.
    static final int UNDER_WAY_MAX = 20;

    public static GrowQueues all() {
        return new GrowQueues(PartitionCursor.START, 0);
    }

    @Override
    public Decision<Boolean> decide(MetadataImage image, Randomness randomness) {
        Decision.Draft draft = new Decision.Draft(image);
        NodeStandings nodes = NodeStandings.of(image);
        int[] moving = {underWay};
        Optional<PartitionCursor> stop = from.walk(image, SettlePartitions.VISITED_MAX, (topic, partition) -> {
            if (partition.isReassigning() || grow(topic, partition, image, nodes, draft)) {
                moving[0]++;
            }
            return moving[0] < UNDER_WAY_MAX;
        });
        return stop.isPresent() && moving[0] < UNDER_WAY_MAX
                ? draft.step(new GrowQueues(stop.get(), moving[0]))
                : draft.decision(moving[0] >= UNDER_WAY_MAX);
    }

    private static boolean grow(
            TopicView topic, PartitionView partition, MetadataImage image, NodeStandings nodes, Decision.Draft draft) {
        int lacking = lacking(topic, partition, image);
        List<Integer> more =
                lacking > 0 ? takers(topic, partition, image).limit(lacking).toList() : List.of();
        if (more.isEmpty()) {
            return false;
        }
        List<Integer> target = new ArrayList<>(partition.replicas());
        target.addAll(more);
        new Election(partition, nodes, topic.settings())
                .reassign(ReplicaMove.of(partition, target))
                .decide()
                .ifPresent(after -> draft.add(new PartitionChanged(topic.id(), partition.index(), after)));
        return true;
    }

    private static int lacking(TopicView topic, PartitionView partition, MetadataImage image) {
        int nodes = image.nodes().size();
        if (partition.replicas().size() >= nodes || partition.leader() == PartitionView.NO_LEADER) {
            return 0;
        }
        Optional<QueueSpec> queue = image.topology()
                .queueOn(topic.id())
                .flatMap(ref -> image.topology().vhost(ref.vhost()).flatMap(vhost -> vhost.anyQueue(ref.name())))
                .map(QueueView::spec)
                .filter(spec -> spec.type() != QueueType.CLASSIC);
        if (queue.isEmpty()) {
            return 0;
        }
        int wanted = Math.clamp(QueueDecision.wantedReplicas(queue.get(), image), 1, nodes);
        boolean isMajority = topic.settings().minInSyncReplicas() == wanted / 2 + 1;
        return isMajority ? wanted - partition.replicas().size() : 0;
    }

    /// Nodes that may take a replica, those of racks that have none first; with many queues, not always the same one.
    private static Stream<Integer> takers(TopicView topic, PartitionView partition, MetadataImage image) {
        Set<String> racks = image.nodes().stream()
                .filter(node -> partition.replicas().contains(node.id()))
                .map(NodeView::rack)
                .collect(Collectors.toSet());
        int turn = topic.id().hashCode();
        return image.nodes().stream()
                .filter(node -> node.isActive() && !node.cordoned())
                .filter(node -> !partition.replicas().contains(node.id()))
                .sorted(Comparator.comparing((NodeView node) -> racks.contains(node.rack()))
                        .thenComparingInt(node -> Math.floorMod(turn + node.id() * 31, 101)))
                .map(NodeView::id);
    }

    @Override
    public Boolean refused(Outcome why) {
        return true;
    }
}
