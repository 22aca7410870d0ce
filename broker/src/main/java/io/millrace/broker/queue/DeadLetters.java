package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.machine.Reason;
import io.millrace.broker.routing.Destination.Target;
import io.millrace.broker.topology.QueueView;
import java.util.Set;
import java.util.function.Consumer;

/// Where messages go that a queue gives up.
@FunctionalInterface
public interface DeadLetters {
    /// Publishes a message to the queue's dead-letter exchange, once.
    ///
    /// @param only to none but these, of a letter that was sent before; empty for all it is routed to
    /// @param done called on the queue's loop with the queues and topics that may not have it: none when it is safe
    ///     where it belongs, or nobody wanted it
    void send(QueueView from, Message message, Reason reason, Set<Target> only, Consumer<Set<Target>> done);
}
