package io.millrace.broker.queue.machine;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What must outlive the process: which messages are settled and what befell those that are not. The messages
/// themselves, with their facts, are read from the log again, from [#firstUnsettled] on.
///
/// @param firstUnsettled everything below is settled: where the log may start
/// @param end behind the last message the machine was told of
/// @param redeliveredBelow messages before it may all have been delivered: a restart after a crash cannot know better
/// @param settled what is settled from there on; offsets of no message may be in it
/// @param marks what else is known of messages that are not settled, by rising offset
public record Snapshot(long firstUnsettled, long end, long redeliveredBelow, OffsetRanges settled, List<Mark> marks) {
    public Snapshot {
        marks = List.copyOf(marks);
    }

    /// Of a queue that never had a message, over a log that starts there.
    public static Snapshot startingAt(long offset) {
        return new Snapshot(offset, offset, offset, OffsetRanges.EMPTY, List.of());
    }

    /// The same of a log that may start at `offset`, when nothing is unsettled and no message lies from the end to
    /// there.
    public Snapshot from(long offset) {
        return firstUnsettled < end || offset <= end
                ? this
                : new Snapshot(offset, offset, redeliveredBelow, OffsetRanges.EMPTY, List.of());
    }

    /// What the unsettled messages from one offset to another have in common; offsets between them that are settled, or
    /// of no message, do not count.
    public record Mark(long first, long last, Fate fate, int deliveryCount) {}

    /// What befell a message.
    public enum Fate {
        /// It came back to the queue.
        RETURNED(0),
        /// A consumer holds it.
        UNACKED(1),
        /// Given up for [Reason#REJECTED].
        REJECTED(2),
        /// Given up for [Reason#EXPIRED].
        EXPIRED(3),
        /// Given up for [Reason#MAX_LENGTH].
        MAX_LENGTH(4),
        /// Given up for [Reason#DELIVERY_LIMIT].
        DELIVERY_LIMIT(5);

        private final int code;

        Fate(int code) {
            this.code = code;
        }

        /// As it is written.
        int code() {
            return code;
        }

        static Optional<Fate> of(long code) {
            return Arrays.stream(values()).filter(fate -> fate.code == code).findFirst();
        }
    }
}
