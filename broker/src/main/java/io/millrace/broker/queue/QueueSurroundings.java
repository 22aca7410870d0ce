package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormat;
import io.millrace.broker.message.MessageFormat.Traits;
import io.millrace.broker.message.MessageFormats;
import io.millrace.broker.queue.machine.MessageFacts;
import io.millrace.broker.routing.Delay;
import io.millrace.broker.topology.CommitQueue;
import io.millrace.broker.topology.DelayQueue;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopologyChanges;
import io.millrace.model.Clock;
import io.millrace.model.Loop;

/// What all queues of one loop share.
///
/// @param loop owns them
/// @param commits does what decided commits say
/// @param changes by which queues that nobody uses any more are deleted
/// @param standstill those of them that may not act now
public record QueueSurroundings(
        Loop loop,
        Clock clock,
        MessageFormats formats,
        QueueMemory memory,
        DeadLetters deadLetters,
        CommitRouter commits,
        TopologyChanges changes,
        QueueLogs logs,
        Standstill standstill) {
    public QueueSurroundings(
            Loop loop,
            Clock clock,
            MessageFormats formats,
            QueueMemory memory,
            DeadLetters deadLetters,
            CommitRouter commits,
            TopologyChanges changes,
            QueueLogs logs) {
        this(loop, clock, formats, memory, deadLetters, commits, changes, logs, new Standstill(loop));
    }

    /// What a queue's machine has to know of a message. Limits and counts are of bodies, as with RabbitMQ.
    MessageFacts facts(QueueView queue, Message message) {
        if (CommitQueue.is(queue)) {
            return new MessageFacts(
                    message.body().length, MessageFacts.NEVER, MessageFacts.NO_PRIORITY, Message.AT_ONCE);
        }
        return DelayQueue.is(queue) ? delayed(message) : facts(message);
    }

    private MessageFacts facts(Message message) {
        Traits traits = formats.traits(message);
        long expiresAtMs = traits.expirationMs() == Traits.NONE
                ? MessageFacts.NEVER
                : after(message.publishedMs(), traits.expirationMs());
        return new MessageFacts(message.body().length, expiresAtMs, traits.priority(), message.dueMs());
    }

    /// Its time to live begins when it is where it is delivered.
    private MessageFacts delayed(Message message) {
        MessageFormat format = formats.of(message);
        long delayMs = format == null ? 0 : Delay.msOf(format.headers(message.properties()));
        return new MessageFacts(
                message.body().length,
                MessageFacts.NEVER,
                MessageFacts.NO_PRIORITY,
                Math.max(message.dueMs(), after(message.publishedMs(), delayMs)));
    }

    private static long after(long fromMs, long ms) {
        return ms > MessageFacts.NEVER - fromMs ? MessageFacts.NEVER : fromMs + ms;
    }

    /// As a queue that is not like all others uses it.
    QueueSurroundings of(QueueView queue) {
        if (CommitQueue.is(queue)) {
            return with(logs.placingLate()); // what is not stored is not decided
        }
        return DelayQueue.is(queue) ? with(logs.withoutCache()) : this;
    }

    private QueueSurroundings with(QueueLogs other) {
        return new QueueSurroundings(loop, clock, formats, memory, deadLetters, commits, changes, other, standstill);
    }
}
