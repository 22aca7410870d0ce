package io.millrace.broker.routing;

import io.millrace.model.Arguments;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A message as tests publish it.
record Message(String routingKey, List<String> furtherKeys, Arguments headers, Map<String, String> properties)
        implements Routable {
    static Message of(String routingKey) {
        return new Message(routingKey, List.of(), Arguments.NONE, Map.of());
    }

    static Message of(String routingKey, Arguments headers) {
        return new Message(routingKey, List.of(), headers, Map.of());
    }

    @Override
    public Optional<String> property(String name) {
        return Optional.ofNullable(properties.get(name));
    }
}
