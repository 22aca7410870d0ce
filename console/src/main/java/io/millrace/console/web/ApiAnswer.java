package io.millrace.console.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Map;

/// What a request gets.
///
/// @param headers beside content type and length
/// @param body JSON, or nothing
public record ApiAnswer(int status, Map<String, String> headers, byte[] body) {
    private static final byte[] NOTHING = {};

    public static ApiAnswer json(int status, JsonNode tree) {
        return new ApiAnswer(status, Map.of(), JsonBytes.of(tree));
    }

    public static ApiAnswer ok(JsonNode tree) {
        return json(200, tree);
    }

    /// A list that was written item by item.
    static ApiAnswer written(byte[] json) {
        return new ApiAnswer(200, Map.of(), json);
    }

    public static ApiAnswer noContent() {
        return new ApiAnswer(204, Map.of(), NOTHING);
    }

    /// Made anew, or as it was.
    public static ApiAnswer put(boolean isNew) {
        return new ApiAnswer(isNew ? 201 : 204, Map.of(), NOTHING);
    }

    /// @param location relative to the request
    public static ApiAnswer createdAt(String location) {
        return new ApiAnswer(201, Map.of("Location", location), NOTHING);
    }

    static ApiAnswer allow(int status, String methods) {
        return new ApiAnswer(status, Map.of("Allow", methods), NOTHING);
    }

    /// An error in RabbitMQ's shape.
    public static ApiAnswer error(int status, String error, String reason) {
        return json(
                status,
                JsonNodeFactory.instance.objectNode().put("error", error).put("reason", reason));
    }

    ApiAnswer with(String header, String value) {
        var more = new java.util.HashMap<>(headers);
        more.put(header, value);
        return new ApiAnswer(status, Map.copyOf(more), body);
    }
}
