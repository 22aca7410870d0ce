package io.millrace.server.config;

import java.util.Map;
import java.util.TreeMap;

/// Everything a node is told before it starts. Each part goes to the component it concerns; nobody below the
/// composition root sees the whole.
///
/// @param kafka broker-wide settings by Kafka's names (`log.retention.hours`, `num.partitions`, ...), as a
///     `server.properties` would carry them; they are the static defaults that DescribeConfigs shows
public record ServerConfig(
        NodeConfig node,
        StorageConfig storage,
        ListenersConfig listeners,
        NetworkConfig network,
        GroupsConfig groups,
        QuotasConfig quotas,
        Map<String, String> kafka) {
    public static final ServerConfig DEFAULT = new ServerConfig(
            NodeConfig.DEFAULT,
            StorageConfig.DEFAULT,
            ListenersConfig.DEFAULT,
            NetworkConfig.DEFAULT,
            GroupsConfig.DEFAULT,
            QuotasConfig.DEFAULT,
            Map.of());

    public ServerConfig {
        kafka = Map.copyOf(kafka);
    }

    /// The same with another network.
    public ServerConfig withNetwork(NetworkConfig other) {
        return new ServerConfig(node, storage, listeners, other, groups, quotas, kafka);
    }

    /// What Kafka's tools are shown: all that is given by Kafka's names, and what differs from the defaults by ours.
    public Map<String, String> byKafkasNames() {
        var all = new TreeMap<>(kafka);
        all.putAll(KafkaName.changed(this));
        return all;
    }
}
