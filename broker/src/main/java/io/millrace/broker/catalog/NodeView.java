package io.millrace.broker.catalog;

import java.util.List;
import java.util.Optional;

/// One node of the cluster.
///
/// @param epoch goes up with every registration of any node: one life of one node (Kafka's broker epoch)
/// @param rack empty when the node has none
/// @param cordoned gets no new replicas
/// @param endpoints where clients and other nodes reach it, by listener name
public record NodeView(int id, long epoch, String rack, Standing standing, boolean cordoned, List<Endpoint> endpoints) {
    /// The listener nodes use among themselves; clients are never sent there.
    public static final String CLUSTER_LISTENER = "cluster";

    public NodeView {
        endpoints = List.copyOf(endpoints);
    }

    /// A node of which nothing more is known.
    public NodeView(int id, String rack, boolean fenced, List<Endpoint> endpoints) {
        this(id, 0, rack, fenced ? Standing.FENCED : Standing.ACTIVE, false, endpoints);
    }

    /// What a node may do.
    public enum Standing {
        /// Leads and follows.
        ACTIVE,
        /// About to stop: gets no leadership and joins no in-sync set, but keeps what nobody can take over.
        LEAVING,
        /// Registered but silent: no partition is led there.
        FENCED
    }

    /// @param listener the listener's name, for example `kafka`
    public record Endpoint(String listener, String host, int port) {}

    public boolean fenced() {
        return standing == Standing.FENCED;
    }

    public boolean isActive() {
        return standing == Standing.ACTIVE;
    }

    /// Where `listener` is reached, if the node has it.
    public Optional<Endpoint> endpoint(String listener) {
        return endpoints.stream()
                .filter(endpoint -> endpoint.listener().equals(listener))
                .findFirst();
    }
}
