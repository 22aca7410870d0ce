package io.millrace.console.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// What a request gets. Nobody writes to the body's array.
public final class ApiAnswer {
    private static final byte[] NOTHING = {};

    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;

    private ApiAnswer(int status, Map<String, String> headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    public int status() {
        return status;
    }

    /// Beside the length, and the type of JSON.
    public Map<String, String> headers() {
        return headers;
    }

    /// JSON unless a header says otherwise, or nothing.
    public byte[] body() {
        return body;
    }

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

    static ApiAnswer html(String page) {
        return new ApiAnswer(
                200, Map.of("Content-Type", "text/html; charset=utf-8"), page.getBytes(StandardCharsets.UTF_8));
    }

    static ApiAnswer allow(int status, String methods) {
        return new ApiAnswer(status, Map.of("Allow", methods), NOTHING);
    }

    /// An error in RabbitMQ's shape.
    static ApiAnswer error(int status, String error, JsonNode reason) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode().put("error", error);
        tree.set("reason", reason);
        return json(status, tree);
    }

    /// We are at fault; the log says more.
    public static ApiAnswer fault() {
        return error(
                500,
                "internal_server_error",
                JsonNodeFactory.instance.textNode("see the log of the node that answered"));
    }

    ApiAnswer with(String header, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(header, value);
        return new ApiAnswer(status, Map.copyOf(more), body);
    }
}
