package io.millrace.broker.routing;

import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The exchanges, queues and bindings of one virtual host. Immutable, and shares what did not change with the tables
/// before and after it: any number of loops route by it while the next one is made.
///
/// Everything it lists comes in an order that depends on names alone, the same on every node.
public final class RoutingTable {
    private static final RoutingTable EMPTY = new RoutingTable();

    private RoutingTable() {}

    /// A new virtual host: the predeclared exchanges only.
    public static RoutingTable empty() {
        return EMPTY;
    }

    /// This table with one change.
    public RoutingTable with(RoutingDelta delta) {
        return with(List.of(delta)).table();
    }

    /// This table with all `deltas`, in order: what came in one batch is one step, and costs less so.
    public Change with(List<RoutingDelta> deltas) {
        throw new UnsupportedOperationException("being written");
    }

    /// A new table, and what went by itself.
    ///
    /// @param autoDeleted exchanges that lost their last binding, in the order in which they went
    public record Change(RoutingTable table, List<ExchangeName> autoDeleted) {}

    public Optional<ExchangeSpec> exchange(ExchangeName name) {
        throw new UnsupportedOperationException("being written");
    }

    public boolean hasQueue(QueueName name) {
        throw new UnsupportedOperationException("being written");
    }

    public boolean hasBinding(Binding binding) {
        throw new UnsupportedOperationException("being written");
    }

    public int exchangeCount() {
        throw new UnsupportedOperationException("being written");
    }

    public int queueCount() {
        throw new UnsupportedOperationException("being written");
    }

    /// How many bindings there are, without those every queue has to the default exchange.
    public int bindingCount() {
        throw new UnsupportedOperationException("being written");
    }

    public int bindingCountFrom(ExchangeName source) {
        throw new UnsupportedOperationException("being written");
    }

    public int bindingCountTo(Destination destination) {
        throw new UnsupportedOperationException("being written");
    }

    public void forEachExchange(Consumer<ExchangeSpec> action) {
        throw new UnsupportedOperationException("being written");
    }

    public void forEachBindingFrom(ExchangeName source, Consumer<Binding> action) {
        throw new UnsupportedOperationException("being written");
    }

    public void forEachBindingTo(Destination destination, Consumer<Binding> action) {
        throw new UnsupportedOperationException("being written");
    }
}
