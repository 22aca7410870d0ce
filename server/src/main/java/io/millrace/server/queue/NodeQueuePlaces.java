package io.millrace.server.queue;

import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.queue.QueuePlaces;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.broker.topology.TopologySource;
import io.millrace.model.TopicPartition;
import io.millrace.server.partition.PartitionHosts;

/// A durable queue lives where partition 0 of its topic is led, on the loop that owns that partition's log. One in
/// memory lives on the node it was declared on, on a loop its id decides. May be used from any thread.
public final class NodeQueuePlaces implements QueuePlaces {
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
        boolean exists = topology.topology()
                .vhost(queue.ref().vhost())
                .flatMap(vhost -> vhost.queue(queue.ref().name()))
                .filter(there -> there.id().equals(queue.id()))
                .isPresent();
        if (!exists) {
            return Residence.GONE;
        }
        boolean isHere = switch (queue.home()) {
            case Home.InMemory memory -> memory.nodeId() == nodeId;
            case Home.OnLog log ->
                catalog.current()
                        .topic(log.topicId())
                        .filter(topic -> topic.partitions().getFirst().leader() == nodeId)
                        .isPresent();
        };
        return isHere ? Residence.HERE : Residence.ELSEWHERE;
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
