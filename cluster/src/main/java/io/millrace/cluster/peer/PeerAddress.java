package io.millrace.cluster.peer;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.NodeView;
import java.util.Optional;

/// Where a node listens for other nodes.
///
/// @param port 1 to 65535
public record PeerAddress(String host, int port) {
    /// As the node was registered; empty for one that no other can reach.
    public static Optional<PeerAddress> of(NodeView node) {
        return node.endpoint(NodeView.CLUSTER_LISTENER)
                .map(endpoint -> new PeerAddress(endpoint.host(), endpoint.port()));
    }

    /// Empty, too, for a node the catalog does not know.
    public static Optional<PeerAddress> of(Catalog catalog, int nodeId) {
        return node(catalog, nodeId).flatMap(PeerAddress::of);
    }

    /// Empty, too, for a node that is fenced.
    public static Optional<PeerAddress> ofReachable(Catalog catalog, int nodeId) {
        return node(catalog, nodeId).filter(node -> !node.fenced()).flatMap(PeerAddress::of);
    }

    private static Optional<NodeView> node(Catalog catalog, int nodeId) {
        return catalog.nodes().stream().filter(node -> node.id() == nodeId).findFirst();
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
