package io.millrace.cluster.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What one node's settings were given, by place. Names are Kafka's.
///
/// @param node set for this node while it runs
/// @param cluster set for all nodes while they run
/// @param fixed given at the start of this node (file, environment, flags)
public record NodeConfigs(Map<String, String> node, Map<String, String> cluster, Map<String, String> fixed) {
    public NodeConfigs {
        node = Map.copyOf(node);
        cluster = Map.copyOf(cluster);
        fixed = Map.copyOf(fixed);
    }

    /// The value a name was given, from the strongest place that has one.
    Optional<String> given(String name) {
        return List.of(node, cluster, fixed).stream()
                .filter(place -> place.containsKey(name))
                .findFirst()
                .map(place -> place.get(name));
    }

    /// What a topic's setting inherits: the strongest node-level name that was given, or the default.
    String inherited(ConfigDefinition topicSetting) {
        for (ConfigDefinition.NodeName nodeName : topicSetting.nodeNames()) {
            Optional<String> value = given(nodeName.name());
            if (value.isPresent()) {
                return inTopicUnit(value.get(), nodeName.factor());
            }
        }
        return String.valueOf(topicSetting.defaultValue());
    }

    /// -1 ("never") stays itself whatever the unit.
    private static String inTopicUnit(String value, long factor) {
        if (factor == 1) {
            return value;
        }
        long number = Long.parseLong(value.strip());
        return Long.toString(number < 0 ? number : Math.multiplyExact(number, factor));
    }
}
