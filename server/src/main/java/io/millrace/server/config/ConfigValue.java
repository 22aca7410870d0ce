package io.millrace.server.config;

/// One key with the text that holds for it and where that was said.
public record ConfigValue(String key, String text, ConfigSource source) {}
