package io.millrace.cluster.config;

import io.millrace.broker.catalog.ConfigEntry;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The settings of one kind of resource, in name order.
public final class ConfigDefinitions {
    private final SortedMap<String, ConfigDefinition> byName;

    private ConfigDefinitions(SortedMap<String, ConfigDefinition> byName) {
        this.byName = byName;
    }

    Optional<ConfigDefinition> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    Collection<ConfigDefinition> all() {
        return byName.values();
    }

    /// The names in order.
    public Collection<String> names() {
        return Collections.unmodifiableSet(byName.keySet());
    }

    /// Collects definitions.
    static final class Builder {
        private final SortedMap<String, ConfigDefinition> byName = new TreeMap<>();

        Builder topic(
                String name,
                ConfigEntry.Type type,
                String defaultValue,
                ConfigRule rule,
                String documentation,
                ConfigDefinition.NodeName... nodeNames) {
            return add(new ConfigDefinition(name, type, defaultValue, rule, List.of(nodeNames), false, documentation));
        }

        /// A setting of a node that can change while it runs.
        Builder dynamic(
                String name,
                ConfigEntry.Type type,
                @Nullable String defaultValue,
                ConfigRule rule,
                String documentation) {
            return add(new ConfigDefinition(name, type, defaultValue, rule, List.of(), false, documentation));
        }

        /// A setting of a node that is fixed from its start.
        Builder fixed(
                String name,
                ConfigEntry.Type type,
                @Nullable String defaultValue,
                ConfigRule rule,
                String documentation) {
            return add(new ConfigDefinition(name, type, defaultValue, rule, List.of(), true, documentation));
        }

        Builder add(ConfigDefinition definition) {
            byName.put(definition.name(), definition);
            return this;
        }

        ConfigDefinitions build() {
            return new ConfigDefinitions(Collections.unmodifiableSortedMap(new TreeMap<>(byName)));
        }
    }
}
