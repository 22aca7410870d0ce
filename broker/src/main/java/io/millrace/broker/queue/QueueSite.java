package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.Queues.CountsReply;
import io.millrace.broker.topology.QueueView;
import java.util.function.Consumer;

/// The port to the queues of one node, ours or another one, as one loop uses them. What it answers is so now: a queue
/// may have moved on, and whoever asks looks for it again.
///
/// Used on the loop it is for; every answer arrives there, sometimes before the call returns.
public interface QueueSite {
    /// Hands a message over. Messages for one queue keep their order: when one was [Fate#NOT_HERE], all later ones of
    /// the same attempt are, even if the queue has come back meanwhile.
    ///
    /// @param attempt higher than before when what was not here is tried again
    /// @param fate told once
    void publish(QueueView queue, int attempt, Message message, Consumer<Fate> fate);

    /// Opens a hold that lasts as long as the queue stays as it is. Calls on it are answered
    /// [QueueOutcome#UNAVAILABLE] when that is over, and cancellations are always answered.
    ///
    /// @param onLost called once when the queue is not what it was: what was delivered is the queue's again
    Hold hold(QueueView queue, Runnable onLost);

    /// See [Queues#counts].
    void counts(QueueView queue, boolean isUse, Consumer<CountsReply> reply);

    /// See [Queues#purge].
    void purge(QueueView queue, Consumer<CountsReply> reply);

    /// See [Queues#delete].
    void delete(QueueView queue, boolean ifUnused, boolean ifEmpty, Consumer<CountsReply> reply);

    /// What became of a message.
    enum Fate {
        /// As [Publication.End#STORED].
        STORED,
        /// As [Publication.End#REFUSED].
        REFUSED,
        /// Not known to be stored.
        FAILED,
        /// The queue is not to be had here, and the message certainly not stored.
        NOT_HERE
    }
}
