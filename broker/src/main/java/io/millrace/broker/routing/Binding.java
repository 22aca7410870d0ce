package io.millrace.broker.routing;

import io.millrace.model.Arguments;
import io.millrace.model.DoublyHashed;
import io.millrace.model.ExchangeName;
import io.millrace.model.TextHash;

/// One binding. All four parts together are its identity: the same key with other arguments is another binding.
public record Binding(ExchangeName source, Destination destination, String key, Arguments arguments)
        implements BindingSet, DoublyHashed {
    /// A binding without arguments.
    public Binding(String source, Destination destination, String key) {
        this(new ExchangeName(source), destination, key, Arguments.NONE);
    }

    @Override
    public int hashCode() {
        return ((source.hashCode() * 31 + destination.hashCode()) * 31 + key.hashCode()) * 31 + arguments.hashCode();
    }

    @Override
    public long secondHashCode() {
        long ends = TextHash.of(source.value()) * 31 + destination.secondHashCode();
        return (ends * 31 + TextHash.of(key)) * 31 + arguments.hashCode();
    }
}
