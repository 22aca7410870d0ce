package io.millrace.cluster.config;

import io.millrace.broker.catalog.ConfigEntry;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One setting: its name, type, default and bounds.
///
/// @param defaultValue null when the setting has no value of its own (`log.retention.ms`)
/// @param nodeNames for a topic's setting, the node's settings it inherits from, strongest first; each names the factor
///                  that turns its value into the topic's unit
/// @param readOnly cannot change while the node runs
/// @param documentation one sentence or more; says so when the setting is accepted but has no effect yet
record ConfigDefinition(
        String name,
        ConfigEntry.Type type,
        @Nullable String defaultValue,
        ConfigRule rule,
        List<NodeName> nodeNames,
        boolean readOnly,
        String documentation) {
    /// A node-level name with its unit: hours are multiplied into milliseconds, all else by 1.
    record NodeName(String name, long factor) {}

    /// Why `value` cannot be this setting's, if so.
    Optional<String> refuse(String value) {
        String trimmed = value.strip();
        return ConfigRule.refuseType(type, name, trimmed).or(() -> rule.refuse(name, trimmed));
    }

    /// The value as it is shown: blanks removed, booleans in lower case, the way Kafka prints what it parsed.
    String shown(String value) {
        return switch (type) {
            case BOOLEAN -> value.strip().toLowerCase(Locale.ROOT);
            case INT, SHORT -> Integer.toString(Integer.parseInt(value.strip()));
            case LONG -> Long.toString(Long.parseLong(value.strip()));
            case DOUBLE -> Double.toString(Double.parseDouble(value.strip()));
            case LIST -> String.join(",", ConfigValues.list(value));
            case STRING, CLASS, PASSWORD -> value.strip();
        };
    }

    boolean isSensitive() {
        return type == ConfigEntry.Type.PASSWORD;
    }
}
