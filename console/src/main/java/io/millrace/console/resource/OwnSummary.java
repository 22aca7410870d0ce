package io.millrace.console.resource;

import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopologySource;
import io.millrace.broker.topology.VhostView;
import io.millrace.console.json.TrafficJson;
import io.millrace.console.port.ClusterView;
import io.millrace.console.port.ConnectionsView;
import io.millrace.console.port.ConnectionsView.Connected;
import io.millrace.console.port.ConnectionsView.Depth;
import io.millrace.console.port.ConnectionsView.Wanted;
import io.millrace.console.port.NodeSummaries;
import io.millrace.console.port.NodeSummary;
import io.millrace.console.port.QueueAccess;
import io.millrace.console.port.QueueTallies;
import io.millrace.console.port.Tallies;
import io.millrace.console.port.Worker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The node that answers, in numbers. Its streams, and durable queues nobody has used since the start, are asked as
/// long as they are few ([FurtherCounts]), and not for longer than others wait for this node: it runs, though a queue
/// of its may stand still. May be called from any thread.
///
/// @param connections those of this node
/// @param worker where sums are made: there may be 100,000 queues
public record OwnSummary(
        TopologySource topology,
        QueueAccess queues,
        QueueTallies tallies,
        ClusterView cluster,
        ConnectionsView connections,
        Worker worker)
        implements NodeSummaries {
    private static final long COUNTS_MS_MAX = 750;

    @Override
    public void latest(Consumer<List<NodeSummary>> reply) {
        tallies.latest(known -> worker.post(() -> new FurtherCounts(queues, cluster, COUNTS_MS_MAX)
                .ask(
                        unknown(known),
                        known,
                        all -> connections.ask(
                                new Wanted.All(Depth.CONSUMERS),
                                connected -> worker.post(() -> reply.accept(List.of(summary(all, connected))))))));
    }

    /// One more than are asked is too many.
    private Collection<QueueView> unknown(Tallies known) {
        Optional<String> here = Optional.of(cluster.self().name());
        List<QueueView> unknown = new ArrayList<>();
        for (VhostView vhost : topology.topology().vhosts()) {
            for (QueueView queue : vhost.queuesFrom("")) {
                if (known.of(queue).isEmpty() && cluster.home(queue).equals(here)) {
                    unknown.add(queue);
                }
                if (unknown.size() > FurtherCounts.ASKED_MAX) {
                    return unknown;
                }
            }
        }
        return unknown;
    }

    private NodeSummary summary(Tallies known, Connected connected) {
        return new NodeSummary(
                cluster.self(),
                cluster.listeners(),
                connected.connections().size(),
                connected.channels().size(),
                connected.consumers().size(),
                TrafficJson.totals(known));
    }
}
