package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.machine.Reason;
import io.millrace.broker.topology.QueueView;

/// Where messages go that a queue gives up.
@FunctionalInterface
public interface DeadLetters {
    /// Publishes a message to the queue's dead-letter exchange.
    ///
    /// @param done called on the queue's loop when it is safe where it belongs, or nobody wanted it
    void send(QueueView from, Message message, Reason reason, Runnable done);
}
