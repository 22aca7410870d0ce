package io.millrace.server.config;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Which key an environment variable stands for: `MILLRACE_` and the key in capitals with `_` for everything else, so
/// `network.idle-ms` is `MILLRACE_NETWORK_IDLE_MS`. Below an open section every `_` is a dot, as in Kafka's names:
/// `MILLRACE_KAFKA_NUM_PARTITIONS` is `kafka.num.partitions`.
final class EnvironmentKeys {
    static final String PREFIX = "MILLRACE_";

    /// Read by `bin/millrace` and the client commands.
    private static final Set<String> NOT_CONFIGURATION =
            Set.of("MILLRACE_OPTS", "MILLRACE_JAVA_HOME", "MILLRACE_HOME", "MILLRACE_BOOTSTRAP");

    /// What Kubernetes puts into the environment of every pod beside a service named `millrace` or `millrace-kafka`.
    private static final Pattern SERVICE_LINK =
            Pattern.compile(".*_SERVICE_(HOST|PORT)(_[A-Z0-9_]+)?|.*_PORT(_[0-9]+_(TCP|UDP)(_[A-Z]+)?)?");

    private final Map<String, String> keyOfVariable = new LinkedHashMap<>();
    private final ConfigKeys keys;

    EnvironmentKeys(ConfigKeys keys) {
        this.keys = keys;
        keys.all().forEach(key -> keyOfVariable.put(variable(key.name()), key.name()));
    }

    static String variable(String key) {
        return PREFIX + key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    boolean concerns(String variable) {
        return keyOfVariable.containsKey(variable)
                || variable.startsWith(PREFIX)
                        && !NOT_CONFIGURATION.contains(variable)
                        && !SERVICE_LINK.matcher(variable).matches();
    }

    /// The key, known or not: an unknown one is for the caller to refuse.
    String key(String variable) {
        String known = keyOfVariable.get(variable);
        if (known != null) {
            return known;
        }
        String dotted =
                variable.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '.');
        return keys.isOpen(dotted) ? dotted : variable;
    }

    Collection<String> variables() {
        return keyOfVariable.keySet();
    }
}
