package io.millrace.simulator.client;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.partition.LeaderHint;
import io.millrace.model.TopicPartition;
import io.millrace.simulator.net.LinkAnswer;
import io.millrace.simulator.net.SimLink;
import io.millrace.simulator.net.SimNetwork;
import io.millrace.simulator.world.SimLoop;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// One client's idea of who leads its partition: from the metadata of some node, which may be old, or from a hint. It
/// never goes back to an older leadership.
///
/// Owned by: the client's loop.
public final class LeaderFinder {
    private final SimNetwork network;
    private final Nodes nodes;
    private final SimLoop loop;
    private final int machine;
    private final TopicPartition partition;
    private final Map<Integer, SimLink<ClientCall, ClientAnswer>> links = new HashMap<>();
    private int leader = PartitionView.NO_LEADER;
    private int leaderEpoch = -1;

    /// What clients know of the cluster without being told.
    @FunctionalInterface
    public interface Nodes {
        /// What some node that answers a client on `machine` says there is; empty when none does.
        Optional<Catalog> anyCatalog(int machine);
    }

    LeaderFinder(SimNetwork network, Nodes nodes, SimLoop loop, int machine, TopicPartition partition) {
        this.network = network;
        this.nodes = nodes;
        this.loop = loop;
        this.machine = machine;
        this.partition = partition;
    }

    /// Asks some node.
    void refresh() {
        nodes.anyCatalog(machine)
                .flatMap(catalog -> catalog.topic(partition.topic()))
                .filter(topic -> partition.partition() < topic.partitions().size())
                .map(topic -> topic.partitions().get(partition.partition()))
                .ifPresent(view -> learn(view.leader(), view.leaderEpoch()));
    }

    void learn(LeaderHint hint) {
        learn(hint.nodeId(), hint.leaderEpoch());
    }

    private void learn(int node, int epoch) {
        if (epoch >= leaderEpoch) {
            leaderEpoch = epoch;
            leader = node;
        }
    }

    boolean isKnown() {
        return leader >= 0;
    }

    int leader() {
        return leader;
    }

    int leaderEpoch() {
        return leaderEpoch;
    }

    void send(ClientCall call, long timeoutMs, Consumer<LinkAnswer<ClientAnswer>> answer) {
        links.computeIfAbsent(leader, node -> network.link(machine, node, "client", loop::post))
                .send(call, timeoutMs, answer);
    }
}
