package io.millrace.console.web;

import java.util.Optional;

/// One HTTP request, whole.
///
/// @param target path and query as they were sent
/// @param authorization the header of that name
/// @param fromLoopback whether the client runs on this machine
public record ApiRequest(
        String method, String target, Optional<String> authorization, boolean fromLoopback, byte[] body) {}
