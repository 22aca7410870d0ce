package io.millrace.server.config;

/// One key an operator may set: the path of a record component in kebab case, such as `network.frame-bytes-max`.
///
/// @param defaultText what holds when nobody sets it, in the form it is written
public record ConfigKey(String name, ValueKind kind, String defaultText) {}
