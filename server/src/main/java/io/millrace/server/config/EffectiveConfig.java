package io.millrace.server.config;

import io.millrace.cluster.config.NodeDefinitions;
import java.util.List;
import java.util.Optional;

/// What a node runs with, and why: the bound records and, for each key in order, the value that won.
public record EffectiveConfig(ServerConfig config, List<ConfigValue> values) {
    private static final String REPLICATION_FACTOR = "kafka.default.replication.factor";

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
                    return !KafkaName.holds(kafka, value.text()) && !NodeDefinitions.hasEffect(kafka);
                })
                .toList();
    }

    /// Our key for what a value without effect is about, if there is one.
    public static Optional<String> insteadOf(ConfigValue idle) {
        return KafkaName.keyFor(idle.key().substring(ConfigLoader.KAFKA.length()));
    }

    /// What a node starts with and an operator will hardly want, in words.
    public List<String> warnings() {
        return values.stream()
                .filter(value -> value.key().equals(REPLICATION_FACTOR))
                .filter(value -> Integer.parseInt(value.text().strip()) > 1)
                .map(value -> REPLICATION_FACTOR + " is " + value.text().strip() + " ("
                        + value.source().words()
                        + "): every create without a replication factor will fail with INVALID_REPLICATION_FACTOR as"
                        + " long as there is one node")
                .toList();
    }
}
