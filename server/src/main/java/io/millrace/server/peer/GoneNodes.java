package io.millrace.server.peer;

import io.millrace.broker.catalog.NodeView;
import io.millrace.cluster.LocalCluster;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerAnswer;
import io.millrace.cluster.peer.PeerChannel;
import io.millrace.cluster.peer.PeerEnvelope;
import io.millrace.cluster.peer.PeerLink;
import io.millrace.cluster.peer.Peers;
import io.millrace.model.Loop;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds out at once when the process of another node is gone, instead of waiting for its session to end: connecting to
/// where it listened is refused. A machine or a network that is gone does not refuse, and is left to the session.
///
/// May be called from any thread.
public final class GoneNodes {
    /// Endpoint of a node, in its registration, for other nodes.
    public static final String LISTENER = "cluster";

    private static final Logger LOG = LoggerFactory.getLogger(GoneNodes.class);
    private static final long TIMEOUT_MS = 500;

    private final LocalCluster cluster;
    private final Peers peers;
    private final Loop loop;
    private final int nodeId;

    /// @param nodeId this node
    public GoneNodes(LocalCluster cluster, Peers peers, Loop loop, int nodeId) {
        this.cluster = cluster;
        this.peers = peers;
        this.loop = loop;
        this.nodeId = nodeId;
    }

    /// This node became the controller: whoever went away with the last one is found.
    public void lookAtAll() {
        for (NodeView node : cluster.current().nodes()) {
            if (!node.fenced()) {
                look(node.id());
            }
        }
    }

    /// A connection from that node closed. Only the controller has to know why.
    public void look(int other) {
        if (other == nodeId || cluster.current().controllerId() != nodeId) {
            return;
        }
        address(other).ifPresent(address -> loop.run(() -> connect(other, address)));
    }

    private Optional<PeerAddress> address(int other) {
        return cluster.current().nodes().stream()
                .filter(node -> node.id() == other)
                .flatMap(node -> node.endpoints().stream())
                .filter(endpoint -> endpoint.listener().equals(LISTENER))
                .map(endpoint -> new PeerAddress(endpoint.host(), endpoint.port()))
                .findFirst();
    }

    /// Whether nobody listens any more where the other nodes did. A node that is only silent may be there.
    public CompletableFuture<Boolean> areAllGone() {
        CompletableFuture<Boolean> told = new CompletableFuture<>();
        List<PeerAddress> others = cluster.current().nodes().stream()
                .filter(node -> node.id() != nodeId)
                .flatMap(node -> address(node.id()).stream())
                .toList();
        loop.run(() -> {
            Set<PeerAddress> left = new HashSet<>(others);
            for (PeerAddress address : others) {
                hello(address, answer -> {
                    left.remove(address);
                    if (!isRefused(answer)) {
                        told.complete(false);
                    } else if (left.isEmpty()) {
                        told.complete(true);
                    }
                });
            }
        });
        return told;
    }

    private void connect(int other, PeerAddress address) {
        hello(address, answer -> {
            if (isRefused(answer)) {
                LOG.warn("event=node-gone node={} address={} reason=\"refused\"", other, address);
                cluster.suspect(other);
            }
        });
    }

    private void hello(PeerAddress address, Consumer<PeerAnswer> reply) {
        PeerLink link = peers.link(loop, address, PeerChannel.CONTROL);
        ByteBuffer hello = PeerEnvelope.request(PeerEnvelope.Kind.INTRODUCTION, nodeId, ByteBuffer.allocate(0));
        link.send(hello, TIMEOUT_MS, answer -> {
            link.close();
            reply.accept(answer);
        });
    }

    private static boolean isRefused(PeerAnswer answer) {
        return answer instanceof PeerAnswer.Failed failed && failed.reason() == PeerAnswer.Reason.REFUSED;
    }
}
