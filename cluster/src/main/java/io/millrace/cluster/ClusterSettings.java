package io.millrace.cluster;

import io.millrace.broker.catalog.FeatureRange;
import io.millrace.broker.catalog.NodeView;
import io.millrace.cluster.metadata.MetadataLevel;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a node brings into the cluster at its start.
///
/// @param rack empty when the node has none
/// @param endpoints where clients reach it
/// @param fixedConfigs settings given at the start, by Kafka's names (`log.retention.hours`, `log.dirs`, ...): topics
///                     inherit from them and tools see them
/// @param recordsPerSnapshot committed records after which a snapshot is written
/// @param heartbeatMs how often a node tells the controller that it lives
/// @param sessionTimeoutMs the silence after which the controller fences a node
/// @param known the highest level of the metadata this build knows: the newest, or a lower one to play an older build
public record ClusterSettings(
        String rack,
        List<NodeView.Endpoint> endpoints,
        Map<String, String> fixedConfigs,
        int recordsPerSnapshot,
        long heartbeatMs,
        long sessionTimeoutMs,
        MetadataLevel known) {
    /// Features of Kafka's a build can work at. Clients read the finalised levels to choose how they talk, so a feature
    /// is named only when its APIs are served: transactions, new consumer groups, share and streams groups follow with
    /// theirs. `metadata.version` runs from Kafka 3.3 to 4.4.
    private static final FeatureRange METADATA_VERSION = new FeatureRange(7, 33);

    private static final FeatureRange KRAFT_VERSION = new FeatureRange(1, 1);

    public static final int RECORDS_PER_SNAPSHOT = 20_000;

    public static final long HEARTBEAT_MS = 150;
    public static final long SESSION_TIMEOUT_MS = 1_000;

    public ClusterSettings {
        endpoints = List.copyOf(endpoints);
        fixedConfigs = Map.copyOf(fixedConfigs);
    }

    /// The levels a cluster starts with that this node is the first to lead.
    public Map<String, Integer> newestFeatures() {
        Map<String, Integer> newest = new TreeMap<>();
        supportedFeatures().forEach((feature, range) -> newest.put(feature, range.max()));
        return newest;
    }

    /// The levels of features this node can work at.
    public Map<String, FeatureRange> supportedFeatures() {
        return Map.of(
                "metadata.version",
                METADATA_VERSION,
                "kraft.version",
                KRAFT_VERSION,
                MetadataLevel.FEATURE,
                known.range());
    }

    /// Whether no other node can ever reach this one: it is its cluster.
    boolean isAlone() {
        return endpoints.stream().noneMatch(endpoint -> endpoint.listener().equals(NodeView.CLUSTER_LISTENER));
    }

    /// With the usual times.
    public ClusterSettings(
            String rack, List<NodeView.Endpoint> endpoints, Map<String, String> fixedConfigs, int recordsPerSnapshot) {
        this(
                rack,
                endpoints,
                fixedConfigs,
                recordsPerSnapshot,
                HEARTBEAT_MS,
                SESSION_TIMEOUT_MS,
                MetadataLevel.newest());
    }

    public static ClusterSettings of(List<NodeView.Endpoint> endpoints, Map<String, String> fixedConfigs) {
        return new ClusterSettings("", endpoints, fixedConfigs, RECORDS_PER_SNAPSHOT);
    }
}
