package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormat.Traits;
import io.millrace.broker.message.MessageFormats;
import io.millrace.broker.queue.machine.MessageFacts;
import io.millrace.broker.topology.TopologyChanges;
import io.millrace.model.Clock;
import io.millrace.model.Loop;

/// What all queues of one loop share.
///
/// @param loop owns them
/// @param changes by which queues that nobody uses any more are deleted
public record QueueSurroundings(
        Loop loop,
        Clock clock,
        MessageFormats formats,
        QueueMemory memory,
        DeadLetters deadLetters,
        TopologyChanges changes,
        QueueLogs logs) {
    /// What a queue's machine has to know of a message.
    MessageFacts facts(Message message) {
        Traits traits = formats.traits(message);
        long expiresAtMs = traits.expirationMs() == Traits.NONE
                        || traits.expirationMs() > MessageFacts.NEVER - message.publishedMs()
                ? MessageFacts.NEVER
                : message.publishedMs() + traits.expirationMs();
        return new MessageFacts(message.bytes(), expiresAtMs, traits.priority(), message.dueMs());
    }
}
