package io.millrace.server.peer;

import io.millrace.cluster.peer.PeerAddress;
import io.millrace.model.TopicId;
import io.millrace.server.config.ConfigException;
import io.millrace.server.config.Endpoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Text of `key=value` lines, taken apart without ever failing.
///
/// @param values by key, in the order of the lines
record Lines(Map<String, List<String>> values) {
    static Lines of(String text) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        text.lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.computeIfAbsent(line.substring(0, equals), key -> new ArrayList<>())
                        .add(line.substring(equals + 1));
            }
        });
        return new Lines(values);
    }

    /// The value of a key that stands there once.
    Optional<String> one(String key) {
        List<String> all = all(key);
        return all.size() == 1 ? Optional.of(all.getFirst()) : Optional.empty();
    }

    List<String> all(String key) {
        return values.getOrDefault(key, List.of());
    }

    static Optional<Integer> number(String text) {
        try {
            return Optional.of(Integer.parseInt(text));
        } catch (NumberFormatException wrong) {
            return Optional.empty();
        }
    }

    static Optional<Long> longNumber(String text) {
        try {
            return Optional.of(Long.parseLong(text));
        } catch (NumberFormatException wrong) {
            return Optional.empty();
        }
    }

    static Optional<TopicId> id(String text) {
        try {
            return Optional.of(TopicId.parse(text));
        } catch (IllegalArgumentException wrong) {
            return Optional.empty();
        }
    }

    static Optional<PeerAddress> address(String text) {
        try {
            Endpoint endpoint = Endpoint.parse("address", text);
            return endpoint.isOff() ? Optional.empty() : Optional.of(new PeerAddress(endpoint.host(), endpoint.port()));
        } catch (ConfigException wrong) {
            return Optional.empty();
        }
    }
}
