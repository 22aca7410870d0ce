package io.millrace.console.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Destination;
import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// Bindings as RabbitMQ shows them.
public final class BindingJson {
    private static final String PLAIN = "-._";

    private BindingJson() {}

    public static ObjectNode of(VhostName vhost, Binding binding) {
        ObjectNode tree = Json.object();
        tree.put("source", binding.source().value())
                .put("vhost", vhost.value())
                .put("destination", name(binding.destination()))
                .put("destination_type", type(binding.destination()))
                .put("routing_key", binding.key());
        tree.set("arguments", Json.of(binding.arguments()));
        return tree.put("properties_key", propertiesKey(binding));
    }

    /// As an export has it, without the virtual host.
    static ObjectNode definition(Binding binding) {
        ObjectNode tree = Json.object();
        tree.put("source", binding.source().value())
                .put("destination", name(binding.destination()))
                .put("destination_type", type(binding.destination()))
                .put("routing_key", binding.key());
        tree.set("arguments", Json.of(binding.arguments()));
        return tree;
    }

    public static String name(Destination destination) {
        return switch (destination) {
            case Destination.ToQueue(var queue) -> queue.value();
            case Destination.ToTopic(String topic) -> topic;
            case Destination.ToExchange(var exchange) -> exchange.value();
        };
    }

    /// The queue it leads to, if it leads to one.
    static Optional<QueueName> queue(Binding binding) {
        return binding.destination() instanceof Destination.ToQueue(QueueName queue)
                ? Optional.of(queue)
                : Optional.empty();
    }

    private static String type(Destination destination) {
        return switch (destination) {
            case Destination.ToQueue _ -> "queue";
            case Destination.ToTopic _ -> "topic";
            case Destination.ToExchange _ -> "exchange";
        };
    }

    /// Tells bindings between the same two apart: the routing key, a tilde when it is empty, and a hash of the
    /// arguments when there are any. Only whoever made it reads it.
    public static String propertiesKey(Binding binding) {
        if (binding.arguments().isEmpty()) {
            return binding.key().isEmpty() ? "~" : quoted(binding.key());
        }
        return quoted(binding.key()) + "~" + hash(binding.arguments());
    }

    private static String hash(Arguments arguments) {
        byte[] bytes =
                ByteBuffer.allocate(Integer.BYTES).putInt(arguments.hashCode()).array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /// Percent encoding with `+` for a space, the tilde encoded too.
    private static String quoted(String text) {
        var out = new StringBuilder(text.length());
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            boolean isPlain = octet > 0 && (Character.isLetterOrDigit(octet) || PLAIN.indexOf(octet) >= 0);
            if (isPlain) {
                out.append((char) octet);
            } else if (octet == ' ') {
                out.append('+');
            } else {
                out.append('%')
                        .append(Character.toUpperCase(Character.forDigit(octet >> 4 & 0xf, 16)))
                        .append(Character.toUpperCase(Character.forDigit(octet & 0xf, 16)));
            }
        }
        return out.toString();
    }
}
