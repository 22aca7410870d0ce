package io.millrace.broker.queue;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.routing.Destination.Target;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import java.util.List;
import java.util.Optional;

/// What a transaction does when it is committed, as one record of a commit queue (ADR 0040): all of it will be done
/// once the record is stored.
public record Commit(List<Routed> messages, List<Settled> settled) {
    /// A message and where the router sent it when it was committed.
    public record Routed(Message message, List<Target> targets) {}

    /// Deliveries of one queue.
    ///
    /// @param id tells it from a later one of that name
    public record Settled(QueueName queue, TopicId id, SettleOrder order) {}

    /// What it comes to as a message for a commit queue.
    public long bytes() {
        return CommitCodec.size(this);
    }

    /// As a message for a commit queue. Whose words it is in is said by where it is.
    ///
    /// @param nowMs when it was decided
    public Message toMessage(long nowMs) {
        return new Message(FormatId.KAFKA, "", "", new byte[0], CommitCodec.encode(this), nowMs);
    }

    /// Nothing when the message is no commit of a version this node knows.
    public static Optional<Commit> of(Message message) {
        return CommitCodec.decode(message.body());
    }
}
