package io.millrace.amqp.session;

import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.codec.wire.Property;
import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.model.ExchangeName;
import io.millrace.model.VhostName;
import java.math.BigInteger;
import java.util.List;

/// `basic.publish`: may it be published, and what does it say? Where it goes is for [Publisher].
final class HandlePublish {
    /// Ten years in milliseconds, as with RabbitMQ.
    private static final BigInteger EXPIRATION_MAX = BigInteger.valueOf(315_360_000_000L);

    private static final int TRANSIENT = 1;
    private static final int PERSISTENT = 2;

    private HandlePublish() {}

    static void on(AmqpChannel channel, BasicMethods.Publish publish, BasicProperties given, byte[] body)
            throws Refused {
        if (publish.immediate()) {
            throw Refused.notImplemented("immediate=true");
        }
        channel.connection().inflow().onPublish();
        ExchangeSpec exchange = exchange(channel.connection(), new ExchangeName(publish.exchange()));
        checkTopic(channel, exchange, publish.routingKey());
        checkDeliveryMode(given);
        checkUserId(channel, given);
        checkExpiration(given);
        List<String> furtherKeys = SenderSelected.keys(given);
        for (String key : furtherKeys) {
            checkTopic(channel, exchange, key);
        }
        BasicProperties properties = withReplyTo(channel, given);
        if (!furtherKeys.isEmpty()) {
            properties = SenderSelected.withoutBcc(properties);
        }
        Message message = new Message(
                FormatId.AMQP_0_9_1,
                publish.exchange(),
                publish.routingKey(),
                properties.octets(),
                body,
                channel.ports().clock().wallMs());
        channel.publisher().publish(new Outgoing(message, properties, furtherKeys, publish.mandatory()));
    }

    private static ExchangeSpec exchange(Connection connection, ExchangeName name) throws Refused {
        connection.access().write(name);
        VhostName vhost = connection.vhostName();
        ExchangeSpec exchange = connection
                .vhost()
                .routing()
                .exchange(name)
                .orElseThrow(() -> Refused.notFound("no " + Names.exchange(name, vhost)));
        if (exchange.internal()) {
            throw Refused.accessRefused("cannot publish to internal " + Names.exchange(name, vhost));
        }
        return exchange;
    }

    private static void checkTopic(AmqpChannel channel, ExchangeSpec exchange, String key) throws Refused {
        if (exchange.type() == ExchangeType.TOPIC) {
            channel.connection().access().writeTopic(exchange.name(), key);
        }
    }

    private static void checkDeliveryMode(BasicProperties properties) throws Refused {
        int mode = properties.deliveryMode().orElse(TRANSIENT);
        if (mode != TRANSIENT && mode != PERSISTENT) {
            throw Refused.preconditionFailed("invalid message: {delivery_mode_unknown," + mode + "}");
        }
    }

    private static void checkUserId(AmqpChannel channel, BasicProperties properties) throws Refused {
        if (!properties.has(Property.USER_ID)) {
            return;
        }
        String given = properties.userId().orElse("");
        String user = channel.connection().user();
        if (!given.equals(user) && !channel.connection().mayImpersonate()) {
            throw Refused.preconditionFailed(
                    "user_id property set to '" + given + "' but authenticated user was '" + user + "'");
        }
    }

    private static void checkExpiration(BasicProperties properties) throws Refused {
        if (!properties.has(Property.EXPIRATION)) {
            return;
        }
        String text = properties.expiration().orElse("");
        String why = expirationFault(text);
        if (!why.isEmpty()) {
            throw Refused.preconditionFailed("invalid expiration '" + text + "': " + why);
        }
    }

    /// In the form of RabbitMQ's terms; empty for a good one.
    private static String expirationFault(String text) {
        int from = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        int end = from;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        if (end == from) {
            return "no_integer";
        }
        if (end < text.length()) {
            return "{leftover_string,\"" + text.substring(end) + "\"}";
        }
        boolean isNegative = text.charAt(0) == '-' && text.chars().anyMatch(c -> c >= '1' && c <= '9');
        if (isNegative) {
            return "{value_negative," + text + "}";
        }
        return new BigInteger(text.substring(from)).compareTo(EXPIRATION_MAX) > 0
                ? "{value_too_large," + text.substring(from) + "}"
                : "";
    }

    private static BasicProperties withReplyTo(AmqpChannel channel, BasicProperties properties) throws Refused {
        if (!properties.has(Property.REPLY_TO)
                || !properties.replyTo().orElse("").equals(ReplyConsumer.QUEUE)) {
            return properties;
        }
        ReplyConsumer consumer = channel.deliveries().replyConsumer();
        if (consumer == null) {
            throw Refused.preconditionFailed("fast reply consumer does not exist");
        }
        return properties.toBuilder().text(Property.REPLY_TO, consumer.name()).build();
    }
}
