package io.millrace.broker.routing;

import io.millrace.model.ExchangeName;
import io.millrace.model.PersistentMap;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The exchanges, queues and bindings of one virtual host. Immutable, and shares what did not change with the tables
/// before and after it: any number of loops route by it while the next one is made.
///
/// What it lists comes in an order that has no meaning and follows from names and arguments, not from history.
public final class RoutingTable {
    final PersistentMap<String, Exchange> exchanges;

    /// The way to each queue by its name, for the default exchange: one target.
    final PersistentMap<String, Route> queues;

    final PersistentMap<Destination, BindingSet> bindingsTo;
    final int bindingCount;

    /// Differs from that of every other table.
    final Object stamp = new Object();

    private final VhostName vhost;

    private RoutingTable(VhostName vhost) {
        PersistentMap<String, Exchange> predeclared = PersistentMap.empty();
        for (ExchangeSpec exchange : ExchangeSpec.PREDECLARED) {
            predeclared = predeclared.with(exchange.name().value(), Exchange.declared(exchange));
        }
        this.vhost = vhost;
        this.exchanges = predeclared;
        this.queues = PersistentMap.empty();
        this.bindingsTo = PersistentMap.empty();
        this.bindingCount = 0;
    }

    private RoutingTable(VhostName vhost, RoutingDraft draft) {
        this.vhost = vhost;
        this.exchanges = draft.exchanges;
        this.queues = draft.queues;
        this.bindingsTo = draft.bindingsTo;
        this.bindingCount = draft.bindingCount;
    }

    /// A new virtual host: the predeclared exchanges only.
    public static RoutingTable empty(VhostName vhost) {
        return new RoutingTable(vhost);
    }

    public VhostName vhost() {
        return vhost;
    }

    /// This table with one change.
    public RoutingTable with(RoutingDelta delta) {
        return with(List.of(delta)).table();
    }

    /// This table with all `deltas`, in order, as one step; this very table when they change nothing.
    public Change with(List<RoutingDelta> deltas) {
        var draft = new RoutingDraft(this);
        deltas.forEach(draft::apply);
        if (draft.exchanges == exchanges && draft.queues == queues) {
            return new Change(this, List.of());
        }
        return new Change(new RoutingTable(vhost, draft), List.copyOf(draft.autoDeleted));
    }

    /// A new table, and what went by itself.
    ///
    /// @param autoDeleted exchanges that lost their last binding, in the order in which they went
    public record Change(RoutingTable table, List<ExchangeName> autoDeleted) {}

    public Optional<ExchangeSpec> exchange(ExchangeName name) {
        return Optional.ofNullable(exchanges.get(name.value())).map(Exchange::spec);
    }

    public boolean hasQueue(QueueName name) {
        return queues.get(name.value()) != null;
    }

    public boolean hasBinding(Binding binding) {
        Exchange source = exchanges.get(binding.source().value());
        return source != null && source.index().contains(binding);
    }

    public int exchangeCount() {
        return exchanges.size();
    }

    public int queueCount() {
        return queues.size();
    }

    /// How many bindings there are, without those every queue has to the default exchange.
    public int bindingCount() {
        return bindingCount;
    }

    public int bindingCountFrom(ExchangeName source) {
        Exchange exchange = exchanges.get(source.value());
        return exchange == null ? 0 : exchange.index().size();
    }

    public int bindingCountTo(Destination destination) {
        return BindingSet.size(bindingsTo.get(destination));
    }

    public void forEachExchange(Consumer<? super ExchangeSpec> action) {
        exchanges.forEach((_, exchange) -> action.accept(exchange.spec()));
    }

    public void forEachBindingFrom(ExchangeName source, Consumer<? super Binding> action) {
        Exchange exchange = exchanges.get(source.value());
        if (exchange != null) {
            exchange.index().forEach(action);
        }
    }

    public void forEachBindingTo(Destination destination, Consumer<? super Binding> action) {
        BindingSet.forEach(bindingsTo.get(destination), action);
    }

    /// What routing through the exchange depends on: another object whenever anything about it is another.
    @Nullable
    Object stampOf(ExchangeName name) {
        Exchange exchange = exchanges.get(name.value());
        return exchange == null ? null : exchange.stamp();
    }
}
