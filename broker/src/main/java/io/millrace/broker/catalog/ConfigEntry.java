package io.millrace.broker.catalog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One setting as it is shown to operators.
///
/// @param value null when sensitive or unset
/// @param source where the value comes from
/// @param synonyms every place the value could come from, winning one first
/// @param documentation one sentence or more; says so when the setting is accepted but has no effect yet
public record ConfigEntry(
        String name,
        @Nullable String value,
        Source source,
        Type type,
        boolean readOnly,
        boolean sensitive,
        List<Synonym> synonyms,
        String documentation) {
    /// @param name the setting's name at that place (`log.retention.ms` for a topic's `retention.ms`)
    public record Synonym(String name, @Nullable String value, Source source) {}

    /// Where a value comes from, strongest first.
    public enum Source {
        DYNAMIC_TOPIC,
        DYNAMIC_NODE,
        DYNAMIC_CLUSTER,
        STATIC_NODE,
        DEFAULT,
        GROUP,
        CLIENT_METRICS
    }

    /// The value's type.
    public enum Type {
        BOOLEAN,
        STRING,
        INT,
        SHORT,
        LONG,
        DOUBLE,
        LIST,
        CLASS,
        PASSWORD
    }
}
