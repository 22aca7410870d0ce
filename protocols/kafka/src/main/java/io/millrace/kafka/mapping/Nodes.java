package io.millrace.kafka.mapping;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.PartitionView;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The cluster's nodes as the clients of one listener see them.
public final class Nodes {
    private Nodes() {}

    /// Where clients of `listener` reach a node; empty when the node does not have that listener.
    public static Optional<NodeView.Endpoint> endpoint(NodeView node, String listener) {
        for (NodeView.Endpoint endpoint : node.endpoints()) {
            if (endpoint.listener().equals(listener)) {
                return Optional.of(endpoint);
            }
        }
        return Optional.empty();
    }

    public static Optional<NodeView> find(Catalog catalog, int nodeId) {
        for (NodeView node : catalog.nodes()) {
            if (node.id() == nodeId) {
                return Optional.of(node);
            }
        }
        return Optional.empty();
    }

    /// Nodes that serve partitions now.
    public static Set<Integer> online(Catalog catalog) {
        Set<Integer> online = new HashSet<>();
        for (NodeView node : catalog.nodes()) {
            if (!node.fenced()) {
                online.add(node.id());
            }
        }
        return online;
    }

    /// The replicas of a partition that are on nodes not in `online`.
    public static List<Integer> offlineReplicas(PartitionView partition, Set<Integer> online) {
        List<Integer> offline = List.of();
        for (Integer replica : partition.replicas()) {
            if (!online.contains(replica)) {
                if (offline.isEmpty()) {
                    offline = new ArrayList<>();
                }
                offline.add(replica);
            }
        }
        return offline;
    }

    /// A rack as the wire wants it.
    public static @Nullable String rack(NodeView node) {
        return node.rack().isEmpty() ? null : node.rack();
    }
}
