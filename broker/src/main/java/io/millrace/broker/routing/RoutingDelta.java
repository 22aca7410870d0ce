package io.millrace.broker.routing;

import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import org.jspecify.annotations.Nullable;

/// One change of a virtual host's topology, decided and replicated elsewhere. Every delta can be applied to every
/// table: what is there already, or not there any more, changes nothing, and what nobody may do (see [RoutingRules]) is
/// not done.
public sealed interface RoutingDelta {
    /// An exchange of this name is there. An existing one of the same name stays as it is.
    record ExchangeDeclared(ExchangeSpec exchange) implements RoutingDelta {}

    /// The exchange goes with all bindings from it and to it.
    record ExchangeDeleted(ExchangeName exchange) implements RoutingDelta {}

    /// A policy names the alternate exchange, or none any more; the exchange's own argument goes before it.
    record AlternateByPolicy(
            ExchangeName exchange, @Nullable ExchangeName alternate) implements RoutingDelta {}

    /// A queue is there: the default exchange routes to it and it can be bound.
    record QueueDeclared(QueueName queue) implements RoutingDelta {}

    /// The queue goes with all bindings to it.
    record QueueDeleted(QueueName queue) implements RoutingDelta {}

    /// All bindings to the Kafka topic go. Which topics exist is not known here.
    record TopicDeleted(String topic) implements RoutingDelta {}

    /// The binding is there, if its source, and its destination unless that is a topic, exist.
    record Bound(Binding binding) implements RoutingDelta {}

    /// The binding is not there.
    record Unbound(Binding binding) implements RoutingDelta {}
}
