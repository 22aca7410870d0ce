package io.millrace.amqp.session;

import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.mapping.AmqpFormat;
import io.millrace.amqp.mapping.Tables;
import io.millrace.broker.message.Message;
import io.millrace.broker.routing.Routable;
import io.millrace.model.Arguments;
import java.util.List;
import java.util.Optional;

/// A message that was accepted from its publisher, before it is routed. Headers are decoded only when an exchange asks
/// for them.
///
/// @param properties those of the message, decoded
/// @param furtherKeys of `CC` and `BCC`
record Outgoing(Message message, BasicProperties properties, List<String> furtherKeys, boolean mandatory)
        implements Routable {
    @Override
    public String routingKey() {
        return message.routingKey();
    }

    @Override
    public Arguments headers() {
        return Tables.arguments(properties.headers());
    }

    @Override
    public Optional<String> property(String name) {
        return AmqpFormat.property(properties, name);
    }
}
