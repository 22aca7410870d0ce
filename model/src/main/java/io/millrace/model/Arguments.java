package io.millrace.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Named values in the order they were given: the arguments of exchanges, queues and bindings, and message headers.
/// Immutable.
///
/// Two are equal when they have the same names with equal values, in any order.
public final class Arguments {
    public static final Arguments NONE = new Arguments(new LinkedHashMap<>());

    private final Map<String, ArgumentValue> entries;

    private Arguments(Map<String, ArgumentValue> entries) {
        this.entries = entries;
    }

    /// The entries of `entries`, in its order.
    public static Arguments of(Map<String, ArgumentValue> entries) {
        return entries.isEmpty() ? NONE : new Arguments(new LinkedHashMap<>(entries));
    }

    public static Arguments of(String name, ArgumentValue value) {
        return NONE.with(name, value);
    }

    /// These and one more; a name that is there already keeps its place and gets the new value.
    public Arguments with(String name, ArgumentValue value) {
        var more = new LinkedHashMap<>(entries);
        more.put(name, value);
        return new Arguments(more);
    }

    public Optional<ArgumentValue> find(String name) {
        return Optional.ofNullable(entries.get(name));
    }

    /// The text under `name`; nothing when there is none or it is no text.
    public Optional<String> text(String name) {
        return entries.get(name) instanceof ArgumentValue.Text text ? Optional.of(text.asString()) : Optional.empty();
    }

    /// All entries in order, unmodifiable.
    public Map<String, ArgumentValue> entries() {
        return Collections.unmodifiableMap(entries);
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    public int size() {
        return entries.size();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Arguments that && entries.equals(that.entries);
    }

    @Override
    public int hashCode() {
        long sum = 0;
        for (Map.Entry<String, ArgumentValue> entry : entries.entrySet()) {
            sum += TextHash.mixed(TextHash.of(entry.getKey()) + entry.getValue().hashCode());
        }
        return Long.hashCode(sum);
    }

    @Override
    public String toString() {
        return entries.toString();
    }
}
