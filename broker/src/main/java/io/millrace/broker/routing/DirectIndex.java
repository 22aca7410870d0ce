package io.millrace.broker.routing;

import io.millrace.model.PersistentMap;
import java.util.function.Consumer;

/// Bindings by their key.
record DirectIndex(PersistentMap<String, BindingSet> byKey, int size) implements ExchangeIndex {
    static final DirectIndex EMPTY = new DirectIndex(PersistentMap.empty(), 0);

    @Override
    public ExchangeIndex with(Binding binding) {
        BindingSet before = byKey.get(binding.key());
        BindingSet after = BindingSet.with(before, binding);
        return after == before ? this : new DirectIndex(byKey.with(binding.key(), after), size + 1);
    }

    @Override
    public ExchangeIndex without(Binding binding) {
        BindingSet before = byKey.get(binding.key());
        BindingSet after = BindingSet.without(before, binding);
        if (after == before) {
            return this;
        }
        return new DirectIndex(
                after == null ? byKey.without(binding.key()) : byKey.with(binding.key(), after), size - 1);
    }

    @Override
    public boolean contains(Binding binding) {
        return BindingSet.contains(byKey.get(binding.key()), binding);
    }

    @Override
    public void forEach(Consumer<? super Binding> action) {
        byKey.forEach((_, set) -> BindingSet.forEach(set, action));
    }

    @Override
    public void match(Routable message, Chance chance, Consumer<? super Binding> found) {
        BindingSet.forEach(byKey.get(message.routingKey()), found);
        for (String key : message.furtherKeys()) {
            BindingSet.forEach(byKey.get(key), found);
        }
    }

    @Override
    public boolean dependsOnKeyAlone() {
        return true;
    }
}
