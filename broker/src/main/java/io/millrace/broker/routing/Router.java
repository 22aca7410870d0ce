package io.millrace.broker.routing;

import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.Randomness;
import java.util.function.Predicate;

/// Finds the way of messages through routing tables, and remembers ways that depend on the key alone.
///
/// Owned by: one event loop; every loop has its own, and one serves all virtual hosts. What it remembers is bounded and
/// never wrong: every entry knows which exchanges it was found through, and is used only as long as the table at hand
/// has the very same.
public final class Router {
    private final Randomness randomness;
    private final Predicate<QueueName> isLocal;

    /// @param isLocal whether a queue lives on this node, for `x-local-random`
    /// @param rememberedTargetsMax how many targets the remembered ways have in all; 0 remembers nothing
    public Router(Randomness randomness, Predicate<QueueName> isLocal, int rememberedTargetsMax) {
        this.randomness = randomness;
        this.isLocal = isLocal;
    }

    /// Where `message`, published to `exchange`, goes. An exchange that is not there leads nowhere; whether it is
    /// there, and may be published to, the publisher has asked before.
    public Route route(RoutingTable table, ExchangeName exchange, Routable message) {
        throw new UnsupportedOperationException("being written " + randomness + isLocal);
    }
}
