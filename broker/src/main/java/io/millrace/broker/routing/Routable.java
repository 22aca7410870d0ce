package io.millrace.broker.routing;

import io.millrace.model.Arguments;
import java.util.List;
import java.util.Optional;

/// What routing may ask of a message. The keys are asked of every message; the rest only by exchanges that need it, so
/// that a protocol decodes headers no earlier.
public interface Routable {
    String routingKey();

    /// Further keys the sender chose (AMQP's `CC` and `BCC`), routed like the first one.
    default List<String> furtherKeys() {
        return List.of();
    }

    default Arguments headers() {
        return Arguments.NONE;
    }

    /// The property an exchange hashes by: `message_id`, `correlation_id` or `timestamp`, as text.
    default Optional<String> property(String name) {
        return Optional.empty();
    }
}
