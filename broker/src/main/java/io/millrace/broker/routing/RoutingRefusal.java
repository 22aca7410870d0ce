package io.millrace.broker.routing;

import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;

/// Why a change of the topology must not be made. Protocols put it into their own words.
public sealed interface RoutingRefusal {
    /// Nobody binds to, unbinds from, declares or deletes the default exchange.
    record DefaultExchange() implements RoutingRefusal {}

    /// Names beginning with `amq.` are the broker's: none is declared by clients, none of the predeclared deleted.
    record ReservedName(ExchangeName exchange) implements RoutingRefusal {}

    /// There is no such exchange.
    record NoExchange(ExchangeName exchange) implements RoutingRefusal {}

    /// There is no such queue.
    record NoQueue(QueueName queue) implements RoutingRefusal {}

    /// The exchange is there, and not as it is declared now.
    record Inequivalent(ExchangeName exchange, Inequivalence difference) implements RoutingRefusal {}

    /// The exchange has bindings from it and was to be deleted only if unused.
    record InUse(ExchangeName exchange) implements RoutingRefusal {}

    /// An argument or key is not what the exchange type needs; `why` is RabbitMQ's text.
    record Invalid(String why) implements RoutingRefusal {}
}
