package io.millrace.server.config;

import static io.millrace.server.config.Checks.require;

/// Who this node is.
///
/// @param id the node's number in its cluster, from 0
/// @param rack where the node stands, empty when it does not matter
/// @param clusterId the cluster's id; empty to draw one at the first start
/// @param drainMs how long a stop waits for requests that are under way
public record NodeConfig(int id, String rack, String clusterId, long drainMs) {
    public static final NodeConfig DEFAULT = new NodeConfig(1, "", "", 10_000);

    public NodeConfig {
        require(id >= 0, "node.id must be 0 or more, it is " + id);
        require(drainMs >= 0, "node.drain-ms must be 0 or more, it is " + drainMs);
    }
}
