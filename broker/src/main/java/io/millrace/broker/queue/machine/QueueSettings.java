package io.millrace.broker.queue.machine;

/// What a queue was declared with, and what policies make of it. May change while the queue runs: messages keep the
/// expiry and the priority they came with, limits hold for all from the next [QueueMachine#enforce] on.
///
/// @param messageTtlMs how long a message may wait, or [#UNLIMITED]
/// @param lengthMax how many messages may be ready, or [#UNLIMITED]
/// @param bytesMax how many bytes may be ready, or [#UNLIMITED]
/// @param deliveryLimit how often a message may come back before it is given up, or [#UNLIMITED]
/// @param deadLetters whether what is given up is dead-lettered; else it is dropped
/// @param singleActive whether only one consumer gets messages at a time
/// @param forwards whether every message is given up as [Reason#DUE] when it is due, and no consumer gets any
public record QueueSettings(
        long messageTtlMs,
        long lengthMax,
        long bytesMax,
        Overflow overflow,
        Priorities priorities,
        long deliveryLimit,
        boolean deadLetters,
        boolean singleActive,
        boolean forwards) {
    /// No limit.
    public static final long UNLIMITED = Long.MAX_VALUE;

    /// A queue without any arguments.
    public static final QueueSettings PLAIN = new QueueSettings(
            UNLIMITED, UNLIMITED, UNLIMITED, Overflow.DROP_HEAD, Priorities.NONE, UNLIMITED, false, false, false);

    public QueueSettings {
        if (messageTtlMs < 0 || lengthMax < 0 || bytesMax < 0 || deliveryLimit < 0) {
            throw new IllegalArgumentException("a limit below zero");
        }
    }

    public QueueSettings withMessageTtlMs(long ttlMs) {
        return new QueueSettings(
                ttlMs, lengthMax, bytesMax, overflow, priorities, deliveryLimit, deadLetters, singleActive, forwards);
    }

    public QueueSettings withLengthMax(long messages, Overflow then) {
        return new QueueSettings(
                messageTtlMs, messages, bytesMax, then, priorities, deliveryLimit, deadLetters, singleActive, forwards);
    }

    public QueueSettings withBytesMax(long bytes, Overflow then) {
        return new QueueSettings(
                messageTtlMs, lengthMax, bytes, then, priorities, deliveryLimit, deadLetters, singleActive, forwards);
    }

    public QueueSettings withPriorities(Priorities levels) {
        return new QueueSettings(
                messageTtlMs,
                lengthMax,
                bytesMax,
                overflow,
                levels,
                deliveryLimit,
                deadLetters,
                singleActive,
                forwards);
    }

    public QueueSettings withDeliveryLimit(long returns) {
        return new QueueSettings(
                messageTtlMs, lengthMax, bytesMax, overflow, priorities, returns, deadLetters, singleActive, forwards);
    }

    public QueueSettings withDeadLetters(boolean wanted) {
        return new QueueSettings(
                messageTtlMs, lengthMax, bytesMax, overflow, priorities, deliveryLimit, wanted, singleActive, forwards);
    }

    public QueueSettings withSingleActive(boolean wanted) {
        return new QueueSettings(
                messageTtlMs, lengthMax, bytesMax, overflow, priorities, deliveryLimit, deadLetters, wanted, forwards);
    }

    /// A queue in which messages only wait until they are due.
    public static QueueSettings forwarding() {
        return new QueueSettings(
                UNLIMITED, UNLIMITED, UNLIMITED, Overflow.DROP_HEAD, Priorities.NONE, UNLIMITED, true, false, true);
    }
}
