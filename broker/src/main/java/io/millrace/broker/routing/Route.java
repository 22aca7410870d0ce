package io.millrace.broker.routing;

import io.millrace.broker.routing.Destination.Target;
import java.util.List;

/// Where a message goes: every target once.
public final class Route {
    public static final Route NOWHERE = new Route(List.of());

    private final List<Target> targets;
    private final List<Deduplication> firsts;

    public Route(List<Target> targets) {
        this(targets, List.of());
    }

    /// @param firsts where the message was let through because it is the first of its value
    Route(List<Target> targets, List<Deduplication> firsts) {
        this.targets = targets;
        this.firsts = firsts;
    }

    public List<Target> targets() {
        return targets;
    }

    /// Whether nobody wants the message: it is returned if it was mandatory, and forgotten.
    public boolean isEmpty() {
        return targets.isEmpty();
    }

    /// Whether it has to be said when the message does not arrive ([#failed]).
    public boolean mayFail() {
        return !firsts.isEmpty();
    }

    /// The message did not arrive, and its publisher hears so: it may send it again.
    public void failed() {
        firsts.forEach(Deduplication::forget);
    }
}
