package io.millrace.cluster.config;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Whether a topic may have a set of settings, in the words Kafka refuses them with.
public final class TopicConfigCheck {
    /// Longest value kept.
    public static final int VALUE_BYTES_MAX = 32_767;

    private TopicConfigCheck() {}

    /// @param overrides the topic's own settings as they would be
    public static Optional<String> refuse(Map<String, ? extends @Nullable String> overrides, NodeConfigs inherited) {
        for (Map.Entry<String, ? extends @Nullable String> entry : new TreeMap<>(overrides).entrySet()) {
            Optional<String> why = refuseOne(entry.getKey(), entry.getValue());
            if (why.isPresent()) {
                return why;
            }
        }
        return refuseLags(overrides, inherited);
    }

    private static Optional<String> refuseOne(String name, @Nullable String value) {
        if (value == null) {
            return Optional.of("Null value not supported for topic configs: " + name);
        }
        return TopicConfigs.DEFINITIONS
                .find(name)
                .map(definition -> definition.refuse(value))
                .orElseGet(() -> Optional.of("Unknown topic config name: " + name));
    }

    private static Optional<String> refuseLags(
            Map<String, ? extends @Nullable String> overrides, NodeConfigs inherited) {
        if (!overrides.containsKey("min.compaction.lag.ms") && !overrides.containsKey("max.compaction.lag.ms")) {
            return Optional.empty();
        }
        long min = effective("min.compaction.lag.ms", overrides, inherited);
        long max = effective("max.compaction.lag.ms", overrides, inherited);
        return min <= max
                ? Optional.empty()
                : Optional.of("conflict topic config setting min.compaction.lag.ms (" + min
                        + ") > max.compaction.lag.ms (" + max + ")");
    }

    private static long effective(
            String name, Map<String, ? extends @Nullable String> overrides, NodeConfigs inherited) {
        String own = overrides.get(name);
        return Long.parseLong(
                own != null
                        ? own.strip()
                        : inherited.inherited(
                                TopicConfigs.DEFINITIONS.find(name).orElseThrow()));
    }
}
