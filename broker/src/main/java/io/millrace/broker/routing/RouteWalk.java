package io.millrace.broker.routing;

import io.millrace.broker.routing.Destination.Target;
import io.millrace.broker.routing.Destination.ToExchange;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.model.ExchangeName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One message's way from an exchange over others to its targets: every exchange is visited once and every target
/// found once, whatever circles the bindings make.
///
/// An exchange none of whose bindings wants the message passes it to its alternate; that a later exchange finds nobody
/// is no matter of the earlier one's.
///
/// Owned by: the call that routes.
final class RouteWalk {
    /// Up to so many a look at all of them is quicker than a set.
    private static final int LOOKED_THROUGH_MAX = 8;

    private final RoutingTable table;
    private final Routable message;
    private final Chance chance;

    /// Exchanges in the order in which they were come upon; those before `visitedCount` were visited.
    private final Distinct<ExchangeName> exchanges = new Distinct<>();

    private final Distinct<Target> targets = new Distinct<>();
    private final List<Deduplication> firsts = new ArrayList<>(0);
    private int visitedCount;
    private int matchCount;
    private boolean dependsOnKeyAlone = true;
    private boolean isFanout = true;

    RouteWalk(RoutingTable table, Routable message, Chance chance) {
        this.table = table;
        this.message = message;
        this.chance = chance;
    }

    Route from(ExchangeName start) {
        exchanges.add(start);
        while (visitedCount < exchanges.size()) {
            visit(exchanges.inOrder.get(visitedCount++));
        }
        if (targets.size() == 0) {
            firsts.forEach(Deduplication::forget);
            return Route.NOWHERE;
        }
        return new Route(List.copyOf(targets.inOrder), List.copyOf(firsts));
    }

    /// Every exchange the way depends on, whether it is there or not.
    List<ExchangeName> visited() {
        return exchanges.inOrder;
    }

    /// Whether another message with the same single key goes the same way, as long as the visited exchanges stay.
    boolean dependsOnKeyAlone() {
        return dependsOnKeyAlone;
    }

    /// Whether every other message goes the same way, as long as the visited exchanges stay.
    boolean dependsOnNothing() {
        return isFanout;
    }

    private void visit(ExchangeName name) {
        Exchange exchange = table.exchanges.get(name.value());
        if (exchange == null) {
            return;
        }
        if (name.isDefault()) {
            dependsOnKeyAlone = false; // on the queues as well
            isFanout = false;
            addQueue(message.routingKey());
            message.furtherKeys().forEach(this::addQueue);
            return;
        }
        if (exchange.spec().type() == ExchangeType.DELAYED) {
            dependsOnKeyAlone = false;
            isFanout = false;
            if (Delay.msOf(message.headers()) > 0) {
                matchCount++;
                targets.add(new ToQueue(Delay.queueOf(name)));
                return;
            }
        }
        if (exchange.spec().type() == ExchangeType.DEDUPLICATION) {
            dependsOnKeyAlone = false;
            isFanout = false;
            if (isDuplicate(exchange.spec())) {
                exchange.alternate().ifPresent(exchanges::add);
                return;
            }
        }
        dependsOnKeyAlone &= exchange.index().dependsOnKeyAlone();
        isFanout &= exchange.spec().routingType() == ExchangeType.FANOUT;
        int before = matchCount;
        exchange.index().match(message, chance, this::found);
        if (matchCount == before) {
            exchange.alternate().ifPresent(exchanges::add);
        }
    }

    private boolean isDuplicate(ExchangeSpec exchange) {
        var known = Deduplication.of(chance.seen(), table.vhost(), exchange, message.headers());
        if (known.isEmpty()) {
            return false;
        }
        boolean isFirst = known.get().isFirst(message.headers());
        if (isFirst) {
            firsts.add(known.get());
        }
        return !isFirst;
    }

    private void addQueue(String name) {
        Route route = table.queues.get(name);
        if (route != null) {
            targets.add(route.targets().getFirst());
        }
    }

    private void found(Binding binding) {
        matchCount++;
        switch (binding.destination()) {
            case ToExchange(var name) -> exchanges.add(name);
            case Target target -> targets.add(target);
        }
    }

    /// What was found, once each, in the order in which it was.
    private static final class Distinct<E> {
        private final List<E> inOrder = new ArrayList<>(4);
        private @Nullable Set<E> all;

        void add(E element) {
            if (all == null && inOrder.size() == LOOKED_THROUGH_MAX) {
                all = new HashSet<>(inOrder);
            }
            if (all == null ? !inOrder.contains(element) : all.add(element)) {
                inOrder.add(element);
            }
        }

        int size() {
            return inOrder.size();
        }
    }
}
