package io.millrace.server.config;

import static io.millrace.server.config.Checks.require;

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
        ClusterConfig cluster,
        NetworkConfig network,
        GroupsConfig groups,
        QuotasConfig quotas,
        AmqpLimits amqp,
        TlsConfig tls,
        Map<String, String> kafka) {
    private static final int CLUSTER_PORT = 9190;

    public static final ServerConfig DEFAULT = new ServerConfig(
            NodeConfig.DEFAULT,
            StorageConfig.DEFAULT,
            ListenersConfig.DEFAULT,
            ClusterConfig.DEFAULT,
            NetworkConfig.DEFAULT,
            GroupsConfig.DEFAULT,
            QuotasConfig.DEFAULT,
            AmqpLimits.DEFAULT,
            TlsConfig.NONE,
            Map.of());

    public ServerConfig {
        require(
                listeners.amqps().isOff()
                        || (!tls.certificateFile().isEmpty() && !tls.keyFile().isEmpty()),
                "listeners.amqps is " + listeners.amqps() + ", which needs tls.certificate-file and tls.key-file");
        kafka = Map.copyOf(kafka);
    }

    /// Of a node without others.
    public ServerConfig(
            NodeConfig node,
            StorageConfig storage,
            ListenersConfig listeners,
            NetworkConfig network,
            GroupsConfig groups,
            QuotasConfig quotas,
            Map<String, String> kafka) {
        this(node, storage, listeners, ClusterConfig.DEFAULT, network, groups, quotas, kafka);
    }

    /// With AMQP's standard limits, and without TLS.
    public ServerConfig(
            NodeConfig node,
            StorageConfig storage,
            ListenersConfig listeners,
            ClusterConfig cluster,
            NetworkConfig network,
            GroupsConfig groups,
            QuotasConfig quotas,
            Map<String, String> kafka) {
        this(node, storage, listeners, cluster, network, groups, quotas, AmqpLimits.DEFAULT, TlsConfig.NONE, kafka);
    }

    /// Where other nodes connect; off when there are none.
    public Endpoint clusterListener() {
        return cluster.isAmongOthers() && listeners.cluster().isOff()
                ? new Endpoint("0.0.0.0", CLUSTER_PORT)
                : listeners.cluster();
    }

    /// The same with another network.
    public ServerConfig withNetwork(NetworkConfig other) {
        return new ServerConfig(node, storage, listeners, cluster, other, groups, quotas, amqp, tls, kafka);
    }

    /// What Kafka's tools are shown: all that is given by Kafka's names, and what differs from the defaults by ours.
    public Map<String, String> byKafkasNames() {
        var all = new TreeMap<>(kafka);
        all.putAll(KafkaName.changed(this));
        return all;
    }
}
