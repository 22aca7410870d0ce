package io.millrace.broker.topology;

import io.millrace.model.ExchangeName;

/// With which routing keys a user may publish to, and bind to, one topic exchange: patterns that a key matches
/// somewhere.
public record TopicPermissionView(String user, ExchangeName exchange, String write, String read) {}
