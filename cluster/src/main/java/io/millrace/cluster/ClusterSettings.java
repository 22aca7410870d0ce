package io.millrace.cluster;

import io.millrace.broker.catalog.NodeView;
import java.util.List;
import java.util.Map;

/// What a node brings into the cluster at its start.
///
/// @param rack empty when the node has none
/// @param endpoints where clients reach it
/// @param fixedConfigs settings given at the start, by Kafka's names (`log.retention.hours`, `log.dirs`, ...): topics
///                     inherit from them and tools see them
/// @param features levels a new cluster starts with
/// @param recordsPerSnapshot committed records after which a snapshot is written
/// @param heartbeatMs how often a node tells the controller that it lives
/// @param sessionTimeoutMs the silence after which the controller fences a node
public record ClusterSettings(
        String rack,
        List<NodeView.Endpoint> endpoints,
        Map<String, String> fixedConfigs,
        Map<String, Integer> features,
        int recordsPerSnapshot,
        long heartbeatMs,
        long sessionTimeoutMs) {
    /// The levels a new cluster starts with. Clients read them to choose how they talk, so a feature is named only when
    /// its APIs are served: transactions, new consumer groups, share and streams groups follow with theirs.
    /// `metadata.version` is Kafka 4.4's.
    public static final Map<String, Integer> KAFKA_FEATURES = Map.of("metadata.version", 33, "kraft.version", 1);

    public static final int RECORDS_PER_SNAPSHOT = 20_000;

    public static final long HEARTBEAT_MS = 150;
    public static final long SESSION_TIMEOUT_MS = 1_000;

    public ClusterSettings {
        endpoints = List.copyOf(endpoints);
        fixedConfigs = Map.copyOf(fixedConfigs);
        features = Map.copyOf(features);
    }

    /// Whether no other node can ever reach this one: it is its cluster.
    boolean isAlone() {
        return endpoints.stream().noneMatch(endpoint -> endpoint.listener().equals(NodeView.CLUSTER_LISTENER));
    }

    /// With the usual times.
    public ClusterSettings(
            String rack,
            List<NodeView.Endpoint> endpoints,
            Map<String, String> fixedConfigs,
            Map<String, Integer> features,
            int recordsPerSnapshot) {
        this(rack, endpoints, fixedConfigs, features, recordsPerSnapshot, HEARTBEAT_MS, SESSION_TIMEOUT_MS);
    }

    public static ClusterSettings of(List<NodeView.Endpoint> endpoints, Map<String, String> fixedConfigs) {
        return new ClusterSettings("", endpoints, fixedConfigs, KAFKA_FEATURES, RECORDS_PER_SNAPSHOT);
    }
}
