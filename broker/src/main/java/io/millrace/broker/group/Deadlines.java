package io.millrace.broker.group;

import java.util.Comparator;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/// Everything a shard waits for, ordered by time.
///
/// Made for sessions that are extended thousands of times a second and hardly ever end: moving a deadline back is one
/// assignment, the queue finds out when the old time comes.
///
/// Owned by: the shard.
final class Deadlines {
    private static final long NEVER = Long.MAX_VALUE;

    private final PriorityQueue<Entry> queue =
            new PriorityQueue<>(Comparator.comparingLong(Entry::atMs).thenComparingLong(Entry::sequence));
    private long sequence;

    Deadline deadline(Consumer<Turn> whenDue) {
        return new Deadline(whenDue);
    }

    /// When to look again; never later than the first deadline, sometimes earlier.
    OptionalLong next() {
        Entry first = queue.peek();
        return first == null ? OptionalLong.empty() : OptionalLong.of(first.atMs);
    }

    void fire(Turn turn) {
        while (true) {
            Entry first = queue.peek();
            if (first == null || first.atMs > turn.nowMs()) {
                return;
            }
            queue.poll();
            first.deadline.reached(first, turn);
        }
    }

    int queued() {
        return queue.size();
    }

    private record Entry(long atMs, long sequence, Deadline deadline) {}

    /// One thing that happens unless it is put off or called off.
    final class Deadline {
        private final Consumer<Turn> whenDue;
        private long dueMs = NEVER;
        private long queuedMs = NEVER;

        private Deadline(Consumer<Turn> whenDue) {
            this.whenDue = whenDue;
        }

        void set(long atMs) {
            dueMs = atMs;
            if (atMs < queuedMs) {
                enqueue(atMs);
            }
        }

        void cancel() {
            dueMs = NEVER;
        }

        boolean isSet() {
            return dueMs != NEVER;
        }

        private void enqueue(long atMs) {
            queuedMs = atMs;
            queue.add(new Entry(atMs, sequence++, this));
        }

        private void reached(Entry entry, Turn turn) {
            if (entry.atMs != queuedMs) {
                return; // an earlier entry has taken this one's place
            }
            queuedMs = NEVER;
            if (dueMs == NEVER) {
                return;
            }
            if (dueMs > turn.nowMs()) {
                enqueue(dueMs);
                return;
            }
            dueMs = NEVER;
            whenDue.accept(turn);
        }
    }
}
