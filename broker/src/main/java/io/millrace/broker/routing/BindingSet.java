package io.millrace.broker.routing;

import io.millrace.model.PersistentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The bindings at one place of an index, immutable. Among a million places most have one: a binding is a set of
/// itself, and no set at all is an empty one.
sealed interface BindingSet permits Binding, BindingSet.Many {
    /// Two bindings or more.
    record Many(PersistentMap<Binding, Binding> bindings) implements BindingSet {}

    /// `set` and `binding`; `set` itself when it has it.
    static BindingSet with(@Nullable BindingSet set, Binding binding) {
        return switch (set) {
            case null -> binding;
            case Binding one ->
                one.equals(binding)
                        ? one
                        : new Many(PersistentMap.<Binding, Binding>empty()
                                .with(one, one)
                                .with(binding, binding));
            case Many many ->
                many.bindings.get(binding) != null ? many : new Many(many.bindings.with(binding, binding));
        };
    }

    /// `set` but `binding`; `set` itself when it does not have it.
    static @Nullable BindingSet without(@Nullable BindingSet set, Binding binding) {
        return switch (set) {
            case null -> null;
            case Binding one -> one.equals(binding) ? null : one;
            case Many many -> {
                PersistentMap<Binding, Binding> left = many.bindings.without(binding);
                yield left == many.bindings ? many : left.size() == 1 ? left.valueAt(0) : new Many(left);
            }
        };
    }

    static boolean contains(@Nullable BindingSet set, Binding binding) {
        return switch (set) {
            case null -> false;
            case Binding one -> one.equals(binding);
            case Many many -> many.bindings.get(binding) != null;
        };
    }

    static int size(@Nullable BindingSet set) {
        return switch (set) {
            case null -> 0;
            case Binding _ -> 1;
            case Many many -> many.bindings.size();
        };
    }

    /// The binding at a position of the set's order, which follows from the bindings alone.
    static Binding at(BindingSet set, int index) {
        return switch (set) {
            case Binding one -> one;
            case Many many -> many.bindings.valueAt(index);
        };
    }

    static void forEach(@Nullable BindingSet set, Consumer<? super Binding> action) {
        switch (set) {
            case null -> {}
            case Binding one -> action.accept(one);
            case Many many -> many.bindings.forEach((binding, _) -> action.accept(binding));
        }
    }
}
