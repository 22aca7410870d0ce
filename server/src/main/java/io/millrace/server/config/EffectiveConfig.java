package io.millrace.server.config;

import io.millrace.cluster.config.NodeDefinitions;
import java.util.List;

/// What a node runs with, and why: the bound records and, for each key in order, the value that won.
public record EffectiveConfig(ServerConfig config, List<ConfigValue> values) {
    public EffectiveConfig {
        values = List.copyOf(values);
    }

    /// What was given and changes nothing here: settings of Kafka's that are taken and shown so that a
    /// `server.properties` can be carried over.
    public List<ConfigValue> withoutEffect() {
        return values.stream()
                .filter(value -> value.key().startsWith(ConfigLoader.KAFKA))
                .filter(value -> {
                    String kafka = value.key().substring(ConfigLoader.KAFKA.length());
                    return !KafkaName.isOne(kafka) && !NodeDefinitions.hasEffect(kafka);
                })
                .toList();
    }
}
