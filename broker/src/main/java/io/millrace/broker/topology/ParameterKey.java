package io.millrace.broker.topology;

import io.millrace.model.VhostName;
import java.util.Optional;

/// Names a runtime parameter, as RabbitMQ keeps them.
///
/// @param vhost empty for a global one
/// @param component whose it is: `vhost-limits` (with the name `limits`), `user-limits` (with a user's name), that of a
///     plug-in; empty for a global one
public record ParameterKey(Optional<VhostName> vhost, String component, String name)
        implements Comparable<ParameterKey> {
    public static final String VHOST_LIMITS = "vhost-limits";
    public static final String USER_LIMITS = "user-limits";
    private static final String DEFINITIONS = "millrace-definitions";

    public static ParameterKey limitsOf(VhostName vhost) {
        return new ParameterKey(Optional.of(vhost), VHOST_LIMITS, "limits");
    }

    /// The digest of the file of definitions that was last imported from a path.
    public static ParameterKey definitionsFrom(String path) {
        return new ParameterKey(Optional.empty(), DEFINITIONS, path);
    }

    public static ParameterKey limitsOf(String user) {
        return new ParameterKey(Optional.empty(), USER_LIMITS, user);
    }

    /// Global ones first, then by virtual host, component and name.
    @Override
    public int compareTo(ParameterKey other) {
        int byVhost = scope().compareTo(other.scope());
        int byComponent = byVhost != 0 ? byVhost : component.compareTo(other.component);
        return byComponent != 0 ? byComponent : name.compareTo(other.name);
    }

    private String scope() {
        return vhost.map(there -> "v" + there).orElse("");
    }
}
