package io.millrace.amqp.mapping;

import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.codec.wire.Decoded;
import io.millrace.amqp.codec.wire.PropertiesBuilder;
import io.millrace.amqp.codec.wire.Property;
import io.millrace.broker.message.MessageFormat;
import io.millrace.model.Arguments;
import java.util.Optional;

/// What queues and mappings ask of AMQP 0-9-1 properties. Bytes that are none count as no properties at all.
public final class AmqpFormat implements MessageFormat {
    private static final int NUMBER_DIGITS_MAX = 18;

    @Override
    public Arguments headers(byte[] properties) {
        return Tables.arguments(read(properties).headers());
    }

    @Override
    public Traits traits(byte[] properties) {
        BasicProperties read = read(properties);
        return new Traits(
                read.isPersistent(),
                read.priority().orElse(-1),
                read.expiration().map(AmqpFormat::milliseconds).orElse(-1L));
    }

    @Override
    public byte[] withHeaders(byte[] properties, Arguments headers, boolean dropExpiration) {
        PropertiesBuilder builder = read(properties).toBuilder();
        if (headers.isEmpty()) {
            builder.without(Property.HEADERS);
        } else {
            builder.headers(Tables.table(headers));
        }
        if (dropExpiration) {
            builder.without(Property.EXPIRATION);
        }
        return builder.build().octets();
    }

    @Override
    public Optional<String> property(byte[] properties, String name) {
        return property(read(properties), name);
    }

    /// A property as text under its AMQP name.
    public static Optional<String> property(BasicProperties read, String name) {
        return switch (name) {
            case "content_type" -> read.contentType();
            case "content_encoding" -> read.contentEncoding();
            case "correlation_id" -> read.correlationId();
            case "reply_to" -> read.replyTo();
            case "expiration" -> read.expiration();
            case "message_id" -> read.messageId();
            case "type" -> read.type();
            case "user_id" -> read.userId();
            case "app_id" -> read.appId();
            case "cluster_id" -> read.clusterId();
            case "timestamp" ->
                read.timestamp().isPresent()
                        ? Optional.of(Long.toString(read.timestamp().getAsLong()))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    /// The properties of a message of this format.
    public static BasicProperties read(byte[] properties) {
        return switch (BasicProperties.decode(properties)) {
            case Decoded.Complete<BasicProperties>(BasicProperties read) -> read;
            case Decoded.Malformed<BasicProperties> _ -> BasicProperties.EMPTY;
        };
    }

    /// The publisher's session has refused everything else.
    private static long milliseconds(String expiration) {
        boolean isNumber = !expiration.isEmpty()
                && expiration.length() <= NUMBER_DIGITS_MAX
                && expiration.chars().allMatch(c -> c >= '0' && c <= '9');
        return isNumber ? Long.parseLong(expiration) : -1;
    }
}
