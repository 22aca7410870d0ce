package io.millrace.broker.routing;

import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;

/// One binding. All four parts together are its identity: the same key with other arguments is another binding.
public record Binding(ExchangeName source, Destination destination, String key, Arguments arguments)
        implements BindingSet {
    /// A binding without arguments.
    public Binding(String source, Destination destination, String key) {
        this(new ExchangeName(source), destination, key, Arguments.NONE);
    }

    @Override
    public int hashCode() {
        return ((source.hashCode() * 31 + destination.hashCode()) * 31 + key.hashCode()) * 31 + arguments.hashCode();
    }
}
