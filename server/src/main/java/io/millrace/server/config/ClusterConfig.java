package io.millrace.server.config;

import static io.millrace.server.config.Checks.require;

import java.util.HashSet;
import java.util.List;

/// The other nodes, if there are any.
///
/// @param nodes where the nodes of the cluster listen for each other, HOST:PORT each: all of them at the first start of
///     a new cluster, at least one to join one; empty for a node without others
/// @param heartbeatMs how often a node tells the controller that it lives (`broker.heartbeat.interval.ms`)
/// @param sessionTimeoutMs the silence after which a node no longer counts (`broker.session.timeout.ms`)
/// @param replicaLagMsMax how long a follower may lag and still count as in sync (`replica.lag.time.max.ms`)
/// @param autoVote whether a voter whose disk was replaced becomes a voter again by itself
public record ClusterConfig(
        List<String> nodes, long heartbeatMs, long sessionTimeoutMs, long replicaLagMsMax, boolean autoVote) {
    private static final long LAG_MS_MIN = 100;

    public static final ClusterConfig DEFAULT = new ClusterConfig(List.of(), 150, 1_000, 30_000, true);

    public ClusterConfig {
        nodes = List.copyOf(nodes);
        for (String node : nodes) {
            Endpoint endpoint = Endpoint.parse("cluster.nodes", node);
            require(
                    endpoint.port() > 0 && !endpoint.isWildcard(),
                    "cluster.nodes is where nodes find each other, so each must be an address of a node with a port,"
                            + " and one is " + node);
        }
        require(new HashSet<>(nodes).size() == nodes.size(), "cluster.nodes names an address twice: " + nodes);
        require(heartbeatMs >= 10, "cluster.heartbeat-ms must be at least 10, it is " + heartbeatMs);
        require(
                sessionTimeoutMs >= 2 * heartbeatMs,
                "cluster.session-timeout-ms must be at least twice cluster.heartbeat-ms, it is " + sessionTimeoutMs);
        require(
                replicaLagMsMax >= LAG_MS_MIN,
                "cluster.replica-lag-ms-max must be at least " + LAG_MS_MIN + ", it is " + replicaLagMsMax);
    }

    /// Whether there are, or may be, other nodes.
    public boolean isAmongOthers() {
        return !nodes.isEmpty();
    }

    public List<Endpoint> endpoints() {
        return nodes.stream().map(node -> Endpoint.parse("cluster.nodes", node)).toList();
    }
}
