package io.millrace.server.config;

import java.util.Map;

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
        Map<String, String> kafka) {
    public static final ServerConfig DEFAULT = new ServerConfig(
            NodeConfig.DEFAULT,
            StorageConfig.DEFAULT,
            ListenersConfig.DEFAULT,
            NetworkConfig.DEFAULT,
            GroupsConfig.DEFAULT,
            Map.of());

    public ServerConfig {
        kafka = Map.copyOf(kafka);
    }
}
