package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.topology.QueueView;
import java.util.function.Consumer;

/// The port through which protocols use queues, wherever in the cluster those are.
///
/// Called from the loop of the connection; every reply and delivery arrives on that same loop, sometimes before the
/// call returns. Who may do what, and exclusive ownership, was checked before.
public interface Queues {
    /// Hands a message over. Messages of one caller to one queue keep their order.
    ///
    /// @param publication told once what became of it; [Publication#UNHEARD] when nobody waits
    void publish(QueueView queue, Message message, Publication publication);

    /// Opens a hold on a queue for one channel: what is delivered through it belongs to it until settled.
    Hold hold(QueueView queue);

    /// How many messages and consumers there are. Counts as use of a queue that expires when `isUse` (a declaration).
    void counts(QueueView queue, boolean isUse, Consumer<CountsReply> reply);

    /// Removes all messages that are ready; the reply's `ready` is how many those were.
    void purge(QueueView queue, Consumer<CountsReply> reply);

    /// Deletes the queue unless a condition forbids it; consumers are told. The reply's `ready` is how many messages
    /// went with it.
    void delete(QueueView queue, boolean ifUnused, boolean ifEmpty, Consumer<CountsReply> reply);

    /// @param outcome with what the call ended; counts are 0 unless it is [QueueOutcome#DONE]
    record CountsReply(QueueOutcome outcome, long ready, long unacknowledged, int consumers) {}
}
