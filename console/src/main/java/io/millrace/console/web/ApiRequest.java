package io.millrace.console.web;

import java.util.Optional;

/// One HTTP request, whole. Nobody writes to the body's array.
public final class ApiRequest {
    private final String method;
    private final String target;
    private final Optional<String> authorization;
    private final boolean fromLoopback;
    private final byte[] body;

    /// @param target path and query as they were sent
    /// @param authorization the header of that name
    /// @param fromLoopback whether the client runs on this machine
    public ApiRequest(String method, String target, Optional<String> authorization, boolean fromLoopback, byte[] body) {
        this.method = method;
        this.target = target;
        this.authorization = authorization;
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

    boolean fromLoopback() {
        return fromLoopback;
    }

    byte[] body() {
        return body;
    }
}
