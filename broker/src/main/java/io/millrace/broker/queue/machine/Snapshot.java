package io.millrace.broker.queue.machine;

import java.util.List;

/// What must outlive the process: which messages are settled and what befell those that are not. The messages
/// themselves, with their facts, are read from the log again, from [#firstUnsettled] on.
///
/// @param firstUnsettled everything below is settled: where the log may start
/// @param end behind the last message the machine was told of
/// @param settled what is settled from there on; offsets of no message may be in it
/// @param marks what else is known of messages that are not settled, by rising offset
public record Snapshot(long firstUnsettled, long end, OffsetRanges settled, List<Mark> marks) {
    public Snapshot {
        marks = List.copyOf(marks);
    }

    /// Of a queue that never had a message, over a log that starts there.
    public static Snapshot startingAt(long offset) {
        return new Snapshot(offset, offset, OffsetRanges.EMPTY, List.of());
    }

    /// What the unsettled messages from one offset to another have in common; offsets between them that are settled, or
    /// of no message, do not count.
    public record Mark(long first, long last, Fate fate, int deliveryCount) {}

    /// What befell a message. Order is part of the format.
    public enum Fate {
        /// It came back to the queue.
        RETURNED,
        /// A consumer holds it.
        UNACKED,
        /// Given up for [Reason#REJECTED].
        REJECTED,
        /// Given up for [Reason#EXPIRED].
        EXPIRED,
        /// Given up for [Reason#MAX_LENGTH].
        MAX_LENGTH,
        /// Given up for [Reason#DELIVERY_LIMIT].
        DELIVERY_LIMIT
    }
}
