package io.millrace.console.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.mapping.AmqpFormat;
import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.queue.Delivery;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// A message taken from a queue, as RabbitMQ shows it.
public final class MessageJson {
    private MessageJson() {}

    /// @param remaining how many more are ready
    /// @param asBase64 whether the payload is shown in base64 in any case
    /// @param bytesMax how much of the payload is shown
    public static ObjectNode of(Delivery delivery, long remaining, boolean asBase64, int bytesMax) {
        Message message = delivery.message();
        byte[] body = message.body();
        ObjectNode tree = Json.object()
                .put("payload_bytes", body.length)
                .put("redelivered", delivery.redelivered())
                .put("exchange", message.exchange())
                .put("routing_key", message.routingKey())
                .put("message_count", remaining);
        tree.set("properties", PropertiesJson.of(properties(message)));
        byte[] shown = body.length <= bytesMax ? body : Arrays.copyOf(body, bytesMax);
        String text = asBase64 ? null : text(shown);
        return text == null
                ? tree.put("payload", Base64.getEncoder().encodeToString(shown)).put("payload_encoding", "base64")
                : tree.put("payload", text).put("payload_encoding", "string");
    }

    private static BasicProperties properties(Message message) {
        return message.format() == FormatId.AMQP_0_9_1 ? AmqpFormat.read(message.properties()) : BasicProperties.EMPTY;
    }

    /// `null` when the bytes are no UTF-8.
    private static @Nullable String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException none) {
            return null;
        }
    }
}
