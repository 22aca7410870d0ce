package io.millrace.broker.routing;

import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.PersistentMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Bindings of a headers exchange by the pairs they ask for. One that takes any of its pairs is found under each; one
/// that needs all is found under the one that was rarest when it came, and looked at in full. So a message looks at
/// those bindings only that share a pair with it, whatever their number.
///
/// @param all every binding, with its pattern
/// @param byPair bindings by a pair without which they want no message
/// @param unconditional bindings that ask for nothing and want every message
record HeadersIndex(
        PersistentMap<Binding, HeadersPattern> all,
        PersistentMap<HeaderPair, BindingSet> byPair,
        @Nullable BindingSet unconditional)
        implements ExchangeIndex {
    static final HeadersIndex EMPTY = new HeadersIndex(PersistentMap.empty(), PersistentMap.empty(), null);

    @Override
    public ExchangeIndex with(Binding binding) {
        if (contains(binding)) {
            return this;
        }
        HeadersPattern pattern = HeadersPattern.of(binding.arguments());
        PersistentMap<Binding, HeadersPattern> more = all.with(binding, pattern);
        if (pattern.pairs().isEmpty()) {
            return new HeadersIndex(
                    more, byPair, pattern.isAny() ? unconditional : BindingSet.with(unconditional, binding));
        }
        PersistentMap<HeaderPair, BindingSet> pairs = byPair;
        for (HeaderPair pair : pattern.isAny() ? pattern.pairs() : List.of(rarest(pattern.pairs()))) {
            pairs = pairs.with(pair, BindingSet.with(pairs.get(pair), binding));
        }
        return new HeadersIndex(more, pairs, unconditional);
    }

    private HeaderPair rarest(List<HeaderPair> pairs) {
        HeaderPair rarest = pairs.getFirst();
        int least = Integer.MAX_VALUE;
        for (HeaderPair pair : pairs) {
            int count = BindingSet.size(byPair.get(pair));
            if (count < least) {
                least = count;
                rarest = pair;
            }
        }
        return rarest;
    }

    @Override
    public ExchangeIndex without(Binding binding) {
        HeadersPattern pattern = all.get(binding);
        if (pattern == null) {
            return this;
        }
        PersistentMap<HeaderPair, BindingSet> pairs = byPair;
        for (HeaderPair pair : pattern.pairs()) {
            BindingSet left = BindingSet.without(pairs.get(pair), binding);
            pairs = left == null ? pairs.without(pair) : pairs.with(pair, left);
        }
        return new HeadersIndex(all.without(binding), pairs, BindingSet.without(unconditional, binding));
    }

    @Override
    public boolean contains(Binding binding) {
        return all.get(binding) != null;
    }

    @Override
    public int size() {
        return all.size();
    }

    @Override
    public void forEach(Consumer<? super Binding> action) {
        all.forEach((binding, _) -> action.accept(binding));
    }

    /// A binding may be told more than once.
    @Override
    public void match(Routable message, Chance chance, Consumer<? super Binding> found) {
        BindingSet.forEach(unconditional, found);
        if (byPair.isEmpty()) {
            return;
        }
        Arguments headers = message.headers();
        for (Map.Entry<String, ArgumentValue> header : headers.entries().entrySet()) {
            HeaderPair pair = HeaderPair.of(header.getKey(), header.getValue());
            BindingSet.forEach(byPair.get(pair), binding -> offer(binding, headers, found));
            if (!(pair.value() instanceof ArgumentValue.Nothing)) {
                HeaderPair present = HeaderPair.present(pair.name());
                BindingSet.forEach(byPair.get(present), binding -> offer(binding, headers, found));
            }
        }
    }

    private void offer(Binding binding, Arguments headers, Consumer<? super Binding> found) {
        HeadersPattern pattern = all.get(binding);
        if (pattern != null && (pattern.isAny() || pattern.isSatisfiedBy(headers))) {
            found.accept(binding);
        }
    }

    @Override
    public boolean dependsOnKeyAlone() {
        return false;
    }
}
