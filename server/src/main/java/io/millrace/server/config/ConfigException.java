package io.millrace.server.config;

/// The configuration can not be used; the message names the key, the value and what is allowed, for the operator to
/// read.
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }
}
