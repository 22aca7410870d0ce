package io.millrace.server.config;

/// What every configuration record checks itself with.
final class Checks {
    private Checks() {}

    static void require(boolean holds, String message) {
        if (!holds) {
            throw new ConfigException(message);
        }
    }
}
