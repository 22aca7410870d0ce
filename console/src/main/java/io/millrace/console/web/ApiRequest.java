package io.millrace.console.web;

import java.util.Optional;

/// One HTTP request, whole. Nobody writes to the body's array.
public final class ApiRequest {
    private final String method;
    private final String target;
    private final Optional<String> authorization;
    private final Optional<String> reason;
    private final boolean fromLoopback;
    private final byte[] body;

    /// @param target path and query as they were sent
    /// @param authorization the header of that name
    /// @param reason the header `X-Reason`
    /// @param fromLoopback whether the client runs on this machine
    public ApiRequest(
            String method,
            String target,
            Optional<String> authorization,
            Optional<String> reason,
            boolean fromLoopback,
            byte[] body) {
        this.method = method;
        this.target = target;
        this.authorization = authorization;
        this.reason = reason;
        this.fromLoopback = fromLoopback;
        this.body = body;
    }

    String method() {
        return method;
    }

    String target() {
        return target;
    }

    Optional<String> authorization() {
        return authorization;
    }

    Optional<String> reason() {
        return reason;
    }

    boolean fromLoopback() {
        return fromLoopback;
    }

    byte[] body() {
        return body;
    }
}
