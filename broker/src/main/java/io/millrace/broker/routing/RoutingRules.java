package io.millrace.broker.routing;

import io.millrace.model.ExchangeName;
import java.util.Optional;

/// Which changes of a topology are allowed, asked before they are made. An empty answer is a yes.
///
/// Permissions and the existence of Kafka topics are checked elsewhere.
public final class RoutingRules {
    private RoutingRules() {}

    /// Whether a client may declare `exchange`: also yes when an equivalent one is there.
    public static Optional<RoutingRefusal> declare(RoutingTable table, ExchangeSpec exchange) {
        throw new UnsupportedOperationException("being written");
    }

    /// Whether a client may delete `exchange`. That there is none is no reason against it.
    public static Optional<RoutingRefusal> delete(RoutingTable table, ExchangeName exchange, boolean ifUnused) {
        throw new UnsupportedOperationException("being written");
    }

    public static Optional<RoutingRefusal> bind(RoutingTable table, Binding binding) {
        throw new UnsupportedOperationException("being written");
    }

    /// Whether a client may unbind. That there is no such binding is no reason against it.
    public static Optional<RoutingRefusal> unbind(RoutingTable table, Binding binding) {
        throw new UnsupportedOperationException("being written");
    }
}
