package io.millrace.broker.routing;

import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.Randomness;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Finds the way of messages through routing tables, and remembers ways that depend on the key alone.
///
/// Owned by: one event loop; every loop has its own, and one serves all virtual hosts. What it remembers is bounded and
/// never wrong: an entry is used only as long as every exchange it was found through is the very same.
public final class Router {
    private final Chance chance;
    private final RouteMemory memory;
    private final ExchangeTraffic traffic = new ExchangeTraffic();

    /// @param isLocal whether a queue lives on this node, for `x-local-random`
    /// @param rememberedTargetsMax how many targets the remembered ways may have in all; 0 remembers nothing
    public Router(Randomness randomness, Predicate<QueueName> isLocal, int rememberedTargetsMax) {
        this(randomness, isLocal, SeenMessages.NONE, rememberedTargetsMax);
    }

    /// @param seen by de-duplicating exchanges
    public Router(Randomness randomness, Predicate<QueueName> isLocal, SeenMessages seen, int rememberedTargetsMax) {
        this.chance = new Chance(randomness, isLocal, seen);
        this.memory = new RouteMemory(rememberedTargetsMax);
    }

    /// Where `message`, published to `exchange`, goes. An exchange that is not there leads nowhere; whether it is
    /// there, and may be published to, the publisher has asked before.
    public Route route(RoutingTable table, ExchangeName exchange, Routable message) {
        Route route = find(table, exchange, message);
        traffic.count(table.vhost(), exchange, route.targets().size());
        return route;
    }

    /// What was routed so far.
    public ExchangeTraffic traffic() {
        return traffic;
    }

    private Route find(RoutingTable table, ExchangeName exchange, Routable message) {
        boolean hasOneKey = message.furtherKeys().isEmpty();
        if (hasOneKey && exchange.isDefault()) {
            Route toQueue = table.queues.get(message.routingKey());
            return toQueue == null ? Route.NOWHERE : toQueue;
        }
        Route remembered = hasOneKey ? remembered(table, exchange, message.routingKey()) : null;
        if (remembered != null) {
            return remembered;
        }
        var walk = new RouteWalk(table, message, chance);
        Route route = walk.from(exchange);
        if (hasOneKey && walk.dependsOnKeyAlone()) {
            memory.keep(table, exchange, message.routingKey(), walk, route);
        }
        return route;
    }

    private @Nullable Route remembered(RoutingTable table, ExchangeName exchange, String key) {
        Route route = memory.find(table, exchange, key);
        return route == null && !key.isEmpty() ? memory.findForEveryKey(table, exchange) : route;
    }
}
