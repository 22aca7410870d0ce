package io.millrace.server;

import io.millrace.kafka.session.KafkaConfig;
import io.millrace.server.config.ConfigException;
import io.millrace.server.config.Endpoint;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.net.ConnectionLimits;
import io.netty.util.internal.PlatformDependent;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What this node was started with, by Kafka's names: what Kafka's tools show as a broker's static settings.
public final class NodeSettings {
    private static final String AUTO_CREATE = "auto.create.topics.enable";
    private static final String REPLICA_SELECTOR = "replica.selector.class";
    private static final String FETCH_BYTES = "fetch.max.bytes";

    private NodeSettings() {}

    /// What the Kafka protocol is set up with: Kafka's own names where the operator gave them, else its defaults.
    static KafkaConfig kafka(ServerConfig config) {
        KafkaConfig standard = KafkaConfig.defaults(config.node().id());
        String autoCreate = config.kafka().get(AUTO_CREATE);
        String fetchBytes = config.kafka().get(FETCH_BYTES);
        return new KafkaConfig(
                standard.nodeId(),
                autoCreate == null ? standard.autoCreateTopics() : truth(AUTO_CREATE, autoCreate),
                config.network().inFlightMax(),
                fetchBytes == null ? standard.fetchBytesMax() : bytes(FETCH_BYTES, fetchBytes),
                standard.fetchSessionsMax(),
                standard.fetchSessionPartitionsMax());
    }

    /// Whether leaders send consumers to the replica in their rack (KIP-392). There is one selector, so that any is it.
    static boolean readsByRack(ServerConfig config) {
        return config.kafka().containsKey(REPLICA_SELECTOR);
    }

    private static boolean truth(String name, String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new ConfigException("kafka." + name + " must be true or false, it is " + text);
        };
    }

    private static int bytes(String name, String text) {
        try {
            int bytes = Integer.parseInt(text.strip());
            if (bytes >= 1024) {
                return bytes;
            }
        } catch (NumberFormatException wrong) {
            throw new ConfigException("kafka." + name + " must be a number of bytes, it is " + text);
        }
        throw new ConfigException("kafka." + name + " must be at least 1024, it is " + text);
    }

    /// Refuses what would stop a start, without starting anything.
    ///
    /// @throws ConfigException telling why
    public static void check(ServerConfig config) {
        kafka(fitted(config));
    }

    /// The configuration with what was left open fitted to the memory of this JVM.
    ///
    /// @throws ConfigException when what was said does not fit
    static ServerConfig fitted(ServerConfig config) {
        return config.withNetwork(config.network().fittedTo(PlatformDependent.maxDirectMemory()));
    }

    static Map<String, String> of(ServerConfig config, Endpoint advertised) {
        Map<String, String> settings = new TreeMap<>(config.byKafkasNames());
        settings.put("node.id", Integer.toString(config.node().id()));
        settings.put("broker.id", Integer.toString(config.node().id()));
        settings.put("log.dirs", String.join(",", config.storage().directories()));
        settings.put("listeners", "KAFKA://" + config.listeners().kafka());
        settings.put("advertised.listeners", "KAFKA://" + advertised);
        if (!config.node().rack().isEmpty()) {
            settings.put("broker.rack", config.node().rack());
        }
        return settings;
    }

    /// What any connection of a client may hold.
    static ConnectionLimits limits(ServerConfig config) {
        var network = config.network();
        return new ConnectionLimits(
                network.connectionsMax(),
                network.maxConnectionsPerAddress(),
                network.frameBytesMax(),
                network.idleMs(),
                network.unsentBytesMax(),
                network.unsentBytesMax() / 2,
                network.sendBufferBytes());
    }
}
