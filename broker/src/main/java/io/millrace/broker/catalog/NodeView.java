package io.millrace.broker.catalog;

import java.util.List;

/// One node of the cluster.
///
/// @param rack empty when the node has none
/// @param fenced registered but silent: no partition is led there
/// @param endpoints where clients reach it, by listener name
public record NodeView(int id, String rack, boolean fenced, List<Endpoint> endpoints) {
    /// @param listener the listener's name, for example `kafka`
    public record Endpoint(String listener, String host, int port) {}
}
