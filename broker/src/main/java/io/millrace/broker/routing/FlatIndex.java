package io.millrace.broker.routing;

import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.model.TextHash;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Bindings in no arrangement: all of them want a message, or any one.
///
/// @param type one of fanout, random, local random and modulus hash
record FlatIndex(ExchangeType type, @Nullable BindingSet bindings) implements ExchangeIndex {
    static FlatIndex empty(ExchangeType type) {
        return new FlatIndex(type, null);
    }

    @Override
    public ExchangeIndex with(Binding binding) {
        BindingSet after = BindingSet.with(bindings, binding);
        return after == bindings ? this : new FlatIndex(type, after);
    }

    @Override
    public ExchangeIndex without(Binding binding) {
        BindingSet after = BindingSet.without(bindings, binding);
        return after == bindings ? this : new FlatIndex(type, after);
    }

    @Override
    public boolean contains(Binding binding) {
        return BindingSet.contains(bindings, binding);
    }

    @Override
    public int size() {
        return BindingSet.size(bindings);
    }

    @Override
    public void forEach(Consumer<? super Binding> action) {
        BindingSet.forEach(bindings, action);
    }

    @Override
    public void match(Routable message, Chance chance, Consumer<? super Binding> found) {
        if (bindings == null) {
            return;
        }
        switch (type) {
            case RANDOM -> found.accept(any(bindings, chance));
            case LOCAL_RANDOM -> anyLocal(bindings, chance, found);
            case MODULUS_HASH -> found.accept(byKey(bindings, message.routingKey()));
            default -> BindingSet.forEach(bindings, found);
        }
    }

    private static Binding any(BindingSet bindings, Chance chance) {
        return BindingSet.at(bindings, chance.randomness().nextInt(BindingSet.size(bindings)));
    }

    private static void anyLocal(BindingSet bindings, Chance chance, Consumer<? super Binding> found) {
        List<Binding> local = new ArrayList<>();
        BindingSet.forEach(bindings, binding -> {
            if (binding.destination() instanceof ToQueue(var queue)
                    && chance.isLocal().test(queue)) {
                local.add(binding);
            }
        });
        if (!local.isEmpty()) {
            found.accept(local.get(chance.randomness().nextInt(local.size())));
        }
    }

    private static Binding byKey(BindingSet bindings, String key) {
        return BindingSet.at(bindings, (int) Long.remainderUnsigned(TextHash.of(key), BindingSet.size(bindings)));
    }

    @Override
    public boolean dependsOnKeyAlone() {
        return type == ExchangeType.FANOUT || type == ExchangeType.MODULUS_HASH;
    }
}
