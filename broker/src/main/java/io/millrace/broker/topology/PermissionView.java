package io.millrace.broker.topology;

/// What a user may do in a virtual host: patterns that a resource's whole name has to match; empty means nothing.
public record PermissionView(String user, String configure, String write, String read) {}
