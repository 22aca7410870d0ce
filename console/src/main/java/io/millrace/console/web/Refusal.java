package io.millrace.console.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/// Ends a call with an error, in RabbitMQ's shape and words.
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String error;
    private final transient JsonNode reason;

    private Refusal(int status, String error, String reason) {
        this(status, error, JsonNodeFactory.instance.textNode(reason));
    }

    private Refusal(int status, String error, JsonNode reason) {
        super(reason.toString(), null, false, false);
        this.status = status;
        this.error = error;
        this.reason = reason;
    }

    public static Refusal badRequest(String reason) {
        return new Refusal(400, "bad_request", reason);
    }

    /// With a reason that is a pair, as RabbitMQ shows some of its terms.
    public static Refusal badTerm(String kind, String value) {
        return new Refusal(
                400,
                "bad_request",
                JsonNodeFactory.instance.arrayNode().add(kind).add(value));
    }

    static Refusal badPage(String error, String reason) {
        return new Refusal(400, error, reason);
    }

    /// What the path names is not there.
    public static Refusal notFound() {
        return new Refusal(404, "Object Not Found", "Not Found");
    }

    /// Something the request needs beside is not there.
    public static Refusal missing(String reason) {
        return new Refusal(404, "not_found", reason);
    }

    /// Nobody knows the name, or the password is wrong.
    static Refusal loginFailed() {
        return new Refusal(401, "not_authorized", "Login failed");
    }

    public static Refusal notAuthorised(String reason) {
        return new Refusal(401, "not_authorised", reason);
    }

    /// The cluster can not do it now.
    public static Refusal unavailable(String reason) {
        return new Refusal(503, "service_unavailable", reason);
    }

    public ApiAnswer answer() {
        return ApiAnswer.error(status, error, reason);
    }
}
