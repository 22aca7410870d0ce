package io.millrace.cluster.metadata;

import io.millrace.broker.catalog.TopicSettings;
import io.millrace.cluster.config.NodeConfigs;
import io.millrace.cluster.config.TopicSettingsReader;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// The settings of the topic made last: a hundred thousand queues have the same ones, and share them.
///
/// @param nodeConfigs what the topic inherits from; another object is taken for another content
record SettingsMemo(Map<String, String> lastOverrides, NodeConfigs nodeConfigs, TopicSettings settings) {
    /// A topic's own settings, as the object that is there already if the last topic had the same.
    Map<String, String> overrides(Map<String, String> configs) {
        return lastOverrides.equals(configs)
                ? lastOverrides
                : Collections.unmodifiableSortedMap(new TreeMap<>(configs));
    }

    /// A memo of what `overrides` come to.
    SettingsMemo with(Map<String, String> overrides, NodeConfigs inherited) {
        return nodeConfigs == inherited && lastOverrides.equals(overrides)
                ? this
                : new SettingsMemo(overrides, inherited, TopicSettingsReader.read(overrides, inherited));
    }
}
