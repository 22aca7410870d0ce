package io.millrace.console.port;

import java.util.function.Consumer;

/// How much the queues hold: a snapshot of all of them that may be a second old. Asking costs the queues nothing while
/// it is young enough, however many there are.
@FunctionalInterface
public interface QueueTallies {
    /// May be called from any thread, and answers on any.
    void latest(Consumer<Tallies> reply);
}
