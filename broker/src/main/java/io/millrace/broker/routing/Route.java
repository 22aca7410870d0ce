package io.millrace.broker.routing;

import io.millrace.broker.routing.Destination.Target;
import java.util.List;

/// Where a message goes: every target once.
public record Route(List<Target> targets) {
    public static final Route NOWHERE = new Route(List.of());

    /// Whether nobody wants the message: it is returned if it was mandatory, and forgotten.
    public boolean isEmpty() {
        return targets.isEmpty();
    }
}
