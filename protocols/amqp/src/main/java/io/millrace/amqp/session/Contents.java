package io.millrace.amqp.session;

import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.FieldValue;
import io.millrace.amqp.mapping.AmqpFormat;
import io.millrace.amqp.mapping.ForeignProperties;
import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormat;
import io.millrace.broker.queue.Delivery;
import io.millrace.broker.topology.QueueType;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/// Messages to content frames. The body is not copied on its way out when it is large.
final class Contents {
    private static final String DELIVERY_COUNT = "x-delivery-count";
    /// What stands in a content header beside its table, at most.
    private static final int OTHER_PROPERTIES_BYTES = 2_048;

    private Contents() {}

    static void write(AmqpChannel channel, AmqpMethod method, Message message) {
        write(channel, method, properties(channel, message), message.body());
    }

    /// A delivery from a queue; quorum queues show how often it came back.
    static void write(AmqpChannel channel, AmqpMethod method, ChannelQueue queue, Delivery delivery) {
        BasicProperties properties = properties(channel, delivery.message());
        if (queue.view().spec().type() == QueueType.QUORUM) {
            properties = counted(properties, delivery.deliveryCount());
        }
        write(channel, method, properties, delivery.message().body());
    }

    static void write(AmqpChannel channel, AmqpMethod method, BasicProperties properties, byte[] body) {
        Connection connection = channel.connection();
        connection.frames().content(channel.number(), method, properties, Unpooled.wrappedBuffer(body));
        connection.written();
    }

    private static BasicProperties properties(AmqpChannel channel, Message message) {
        if (message.format() == FormatId.AMQP_0_9_1) {
            return AmqpFormat.read(message.properties());
        }
        MessageFormat format = channel.ports().formats().of(message);
        int headerBytesMax = channel.connection().frames().frameMax() - OTHER_PROPERTIES_BYTES;
        return format == null ? BasicProperties.EMPTY : ForeignProperties.of(message, format, headerBytesMax);
    }

    private static BasicProperties counted(BasicProperties properties, int deliveryCount) {
        List<FieldTable.Entry> headers = new ArrayList<>(properties.headers().entries());
        headers.removeIf(entry -> entry.name().equals(DELIVERY_COUNT));
        headers.add(new FieldTable.Entry(DELIVERY_COUNT, new FieldValue.Int(FieldValue.IntType.INT64, deliveryCount)));
        return properties.toBuilder().headers(FieldTable.of(headers)).build();
    }
}
