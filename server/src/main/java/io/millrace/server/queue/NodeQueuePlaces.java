package io.millrace.server.queue;

import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.queue.QueuePlaces;
import io.millrace.broker.queue.QueueWhereabouts;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.broker.topology.TopologySource;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import io.millrace.server.partition.PartitionHosts;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// A durable queue lives where partition 0 of its topic is led, on the loop that owns that partition's log. One in
/// memory lives on the node it was declared on, on a loop its id decides. May be used from any thread.
public final class NodeQueuePlaces implements QueuePlaces, QueueWhereabouts {
    private final int nodeId;
    private final TopologySource topology;
    private final CatalogSource catalog;
    private final PartitionHosts hosts;

    public NodeQueuePlaces(int nodeId, TopologySource topology, CatalogSource catalog, PartitionHosts hosts) {
        this.nodeId = nodeId;
        this.topology = topology;
        this.catalog = catalog;
        this.hosts = hosts;
    }

    @Override
    public Residence residence(QueueView queue) {
        return switch (of(queue)) {
            case Place.OnNode(int leader) when leader == nodeId -> Residence.HERE;
            case Place.Gone _ -> Residence.GONE;
            default -> Residence.ELSEWHERE;
        };
    }

    @Override
    public QueueView current(QueueView queue) {
        return known(queue.ref(), queue.id()).orElse(queue);
    }

    @Override
    public Place of(QueueView queue) {
        if (known(queue.ref(), queue.id()).isEmpty()) {
            return new Place.Gone();
        }
        return switch (queue.home()) {
            case Home.InMemory memory ->
                isThere(memory.nodeId()) ? new Place.OnNode(memory.nodeId()) : new Place.Away();
            case Home.OnLog log -> leader(log.topicId());
        };
    }

    /// The queue, as this node knows it.
    Optional<QueueView> known(QueueRef ref, TopicId id) {
        return topology.topology()
                .vhost(ref.vhost())
                .flatMap(vhost -> vhost.anyQueue(ref.name()))
                .filter(there -> there.id().equals(id));
    }

    /// A fenced node may only have paused, but nobody has to wait for it.
    private boolean isThere(int id) {
        return id == nodeId || activeNodes().contains(id);
    }

    /// Nodes that are not fenced.
    public Set<Integer> activeNodes() {
        return catalog.current().nodes().stream()
                .filter(node -> !node.fenced())
                .map(NodeView::id)
                .collect(Collectors.toUnmodifiableSet());
    }

    private Place leader(TopicId topicId) {
        int leader = catalog.current()
                .topic(topicId)
                .map(topic -> topic.partitions().getFirst().leader())
                .orElse(PartitionView.NO_LEADER);
        return leader == PartitionView.NO_LEADER ? new Place.Nowhere() : new Place.OnNode(leader);
    }

    @Override
    public int loopOf(QueueView queue) {
        return switch (queue.home()) {
            case Home.InMemory _ ->
                Math.floorMod(queue.id().hashCode(), hosts.all().size());
            case Home.OnLog log -> loopOf(log.topic());
        };
    }

    @Override
    public int loopOf(String topic) {
        return hosts.all().indexOf(hosts.of(new TopicPartition(topic, 0)));
    }
}
