package io.millrace.console.web;

/// Ends a call with an error, in RabbitMQ's shape and words.
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String error;
    private final String reason;

    private Refusal(int status, String error, String reason) {
        super(reason, null, false, false);
        this.status = status;
        this.error = error;
        this.reason = reason;
    }

    public static Refusal badRequest(String reason) {
        return new Refusal(400, "bad_request", reason);
    }

    public static Refusal notFound() {
        return notFound("Not Found");
    }

    public static Refusal notFound(String reason) {
        return new Refusal(404, "Object Not Found", reason);
    }

    public static Refusal notAuthorised(String reason) {
        return new Refusal(401, "not_authorised", reason);
    }

    /// The cluster can not do it now.
    public static Refusal unavailable(String reason) {
        return new Refusal(503, "service_unavailable", reason);
    }

    public ApiAnswer answer() {
        ApiAnswer answer = ApiAnswer.error(status, error, reason);
        return status == 401 ? answer.with("WWW-Authenticate", "Basic realm=\"RabbitMQ Management\"") : answer;
    }
}
