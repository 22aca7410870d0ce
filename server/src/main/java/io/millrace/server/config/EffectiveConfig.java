package io.millrace.server.config;

import java.util.List;

/// What a node runs with, and why: the bound records and, for each key in order, the value that won.
public record EffectiveConfig(ServerConfig config, List<ConfigValue> values) {
    public EffectiveConfig {
        values = List.copyOf(values);
    }
}
