package io.millrace.server;

import io.millrace.server.config.Endpoint;
import io.millrace.server.config.ServerConfig;
import java.util.Map;
import java.util.TreeMap;

/// What this node was started with, by Kafka's names: what Kafka's tools show as a broker's static settings.
final class NodeSettings {
    private NodeSettings() {}

    static Map<String, String> of(ServerConfig config, Endpoint advertised) {
        Map<String, String> settings = new TreeMap<>(config.kafka());
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
}
