package io.millrace.server.census;

import io.millrace.broker.catalog.CatalogSource;
import io.millrace.cluster.peer.Peers;
import io.millrace.console.port.ConnectionsView;
import io.millrace.console.port.NodeSummaries;
import io.millrace.console.port.Worker;
import io.millrace.model.Clock;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// What the management API shows of all nodes, and what this one tells the others.
///
/// May be called from any thread.
public final class Census {
    private final CensusLoop loop = new CensusLoop();
    private final CensusDesk desk;
    private final ClusterConnections connections;
    private final ClusterSummaries summaries;

    /// What this node has.
    public interface Own {
        ConnectionsView connections();

        /// @param worker where sums are made
        NodeSummaries summaries(Worker worker);
    }

    public Census(int self, Own own, CatalogSource cluster, Peers peers, Clock clock) {
        OtherNodes others = new OtherNodes(self, cluster, peers, loop);
        NodeSummaries ownSummaries = own.summaries(loop::post);
        this.desk = new CensusDesk(loop, own.connections(), ownSummaries);
        this.connections = new ClusterConnections(self, own.connections(), others, loop, clock);
        this.summaries = new ClusterSummaries(self, ownSummaries, others, loop, clock);
    }

    /// What another node asks.
    ///
    /// @param reply takes the answer, from any thread; nothing when this node does not understand
    public void answer(ByteBuffer question, Consumer<ByteBuffer> reply) {
        loop.post(() -> desk.answer(question, reply));
    }

    /// Who is connected to any node.
    public ConnectionsView connections() {
        return connections;
    }

    /// All nodes in numbers.
    public NodeSummaries summaries() {
        return summaries;
    }

    /// Questions under way are not answered any more.
    public void stop() {
        loop.stop();
    }
}
