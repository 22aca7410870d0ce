package io.millrace.cluster.config;

import java.util.Optional;

/// A node's settings as they are in force: what was given, else the default.
public final class NodeSettings {
    private final NodeConfigs given;

    public NodeSettings(NodeConfigs given) {
        this.given = given;
    }

    /// Empty when the setting is unknown or has neither value nor default.
    public Optional<String> text(String name) {
        return given.given(name)
                .or(() -> NodeDefinitions.DEFINITIONS
                        .find(name)
                        .flatMap(definition -> Optional.ofNullable(definition.defaultValue())))
                .map(String::strip);
    }

    /// @throws java.util.NoSuchElementException when the setting has no value
    public int intValue(String name) {
        return Integer.parseInt(text(name).orElseThrow());
    }

    /// @throws java.util.NoSuchElementException when the setting has no value
    public long longValue(String name) {
        return Long.parseLong(text(name).orElseThrow());
    }

    /// @throws java.util.NoSuchElementException when the setting has no value
    public boolean bool(String name) {
        return Boolean.parseBoolean(text(name).orElseThrow());
    }
}
