package io.millrace.broker.routing;

import io.millrace.broker.routing.Destination.ToExchange;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.routing.Destination.ToTopic;
import io.millrace.model.ExchangeName;
import io.millrace.model.PersistentMap;
import io.millrace.model.QueueName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The next [RoutingTable] while deltas are applied to it.
///
/// Owned by: the call that makes the table. Deletions are a loop over what has become empty and not a recursion,
/// because a chain of exchanges is as long as clients make it.
final class RoutingDraft {
    PersistentMap<String, Exchange> exchanges;
    PersistentMap<String, Route> queues;
    PersistentMap<Destination, BindingSet> bindingsTo;
    int bindingCount;
    final List<ExchangeName> autoDeleted = new ArrayList<>();

    /// Auto-delete exchanges that have just lost their last binding.
    private final Deque<ExchangeName> emptied = new ArrayDeque<>();

    RoutingDraft(RoutingTable table) {
        exchanges = table.exchanges;
        queues = table.queues;
        bindingsTo = table.bindingsTo;
        bindingCount = table.bindingCount;
    }

    void apply(RoutingDelta delta) {
        switch (delta) {
            case RoutingDelta.ExchangeDeclared(var exchange) -> declare(exchange);
            case RoutingDelta.ExchangeDeleted(var name) -> deleteByCommand(name);
            case RoutingDelta.AlternateByPolicy(var name, var alternate) -> alternate(name, alternate);
            case RoutingDelta.QueueDeclared(var queue) -> declare(queue);
            case RoutingDelta.QueueDeleted(var queue) -> {
                queues = queues.without(queue.value());
                removeAllTo(new ToQueue(queue));
            }
            case RoutingDelta.TopicDeleted(var topic) -> removeAllTo(new ToTopic(topic));
            case RoutingDelta.Bound(var binding) -> bind(binding);
            case RoutingDelta.Unbound(var binding) -> remove(binding);
        }
        deleteEmptied();
    }

    private void declare(ExchangeSpec exchange) {
        String name = exchange.name().value();
        if (exchanges.get(name) == null) {
            exchanges = exchanges.with(name, Exchange.declared(exchange));
        }
    }

    private void declare(QueueName queue) {
        if (queues.get(queue.value()) == null) {
            queues = queues.with(queue.value(), new Route(List.of(new ToQueue(queue))));
        }
    }

    private void alternate(ExchangeName name, @Nullable ExchangeName alternate) {
        Exchange exchange = exchanges.get(name.value());
        if (exchange != null && !name.isDefault() && !Objects.equals(exchange.policyAlternate(), alternate)) {
            exchanges = exchanges.with(name.value(), exchange.withPolicyAlternate(alternate));
        }
    }

    private void bind(Binding binding) {
        Exchange source = exchanges.get(binding.source().value());
        Destination destination = existing(binding.destination());
        if (source == null || destination == null || source.spec().name().isDefault()) {
            return;
        }
        var shared = new Binding(source.spec().name(), destination, binding.key(), binding.arguments());
        ExchangeIndex index = source.index().with(shared);
        if (index != source.index()) {
            exchanges = exchanges.with(binding.source().value(), source.with(index));
            bindingsTo = bindingsTo.with(destination, BindingSet.with(bindingsTo.get(destination), shared));
            bindingCount++;
        }
    }

    /// The table's own object for `destination`, so that a million bindings do not bring a million copies of names.
    private @Nullable Destination existing(Destination destination) {
        return switch (destination) {
            case ToQueue(var queue) -> {
                Route route = queues.get(queue.value());
                yield route == null ? null : route.targets().getFirst();
            }
            case ToExchange(var name) -> name.isDefault() || exchanges.get(name.value()) == null ? null : destination;
            case ToTopic _ -> destination;
        };
    }

    private void removeAllTo(Destination destination) {
        BindingSet bindings = bindingsTo.get(destination);
        BindingSet.forEach(bindings, this::remove);
    }

    private void remove(Binding binding) {
        Exchange source = exchanges.get(binding.source().value());
        if (source == null) {
            return;
        }
        ExchangeIndex index = source.index().without(binding);
        if (index == source.index()) {
            return;
        }
        exchanges = exchanges.with(binding.source().value(), source.with(index));
        forgetTo(binding);
        if (index.size() == 0 && source.spec().autoDelete()) {
            emptied.add(source.spec().name());
        }
    }

    private void forgetTo(Binding binding) {
        Destination destination = binding.destination();
        BindingSet left = BindingSet.without(bindingsTo.get(destination), binding);
        bindingsTo = left == null ? bindingsTo.without(destination) : bindingsTo.with(destination, left);
        bindingCount--;
    }

    private void deleteByCommand(ExchangeName name) {
        boolean isPredeclared = ExchangeSpec.PREDECLARED.stream()
                .anyMatch(exchange -> exchange.name().equals(name));
        if (!isPredeclared) {
            delete(name);
        }
    }

    private void deleteEmptied() {
        while (!emptied.isEmpty()) {
            ExchangeName name = emptied.remove();
            if (delete(name)) {
                autoDeleted.add(name);
            }
        }
    }

    private boolean delete(ExchangeName name) {
        Exchange exchange = exchanges.get(name.value());
        if (exchange == null) {
            return false;
        }
        exchanges = exchanges.without(name.value());
        exchange.index().forEach(this::forgetTo);
        removeAllTo(new ToExchange(name));
        return true;
    }
}
