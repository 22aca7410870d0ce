package io.millrace.broker.queue;

import io.millrace.broker.queue.machine.Reason;
import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.function.LongConsumer;

/// Offsets of messages a queue gave up, in order and with the reason: eight bytes each, for a million may expire at the
/// same time.
///
/// Owned by: one [OutgoingLetters].
final class LetterQueue {
    private static final int ENTRIES_MIN = 16;
    private static final int REASON_BITS = 3;
    private static final long REASON_MASK = (1L << REASON_BITS) - 1;

    private long[] ring = new long[ENTRIES_MIN];
    private int first;
    private int count;

    boolean isEmpty() {
        return count == 0;
    }

    int size() {
        return count;
    }

    void add(long offset, Reason reason) {
        if (count == ring.length) {
            resize(2 * count);
        }
        ring[at(count++)] = offset << REASON_BITS | reason.code();
    }

    private int at(int index) {
        return first + index & ring.length - 1;
    }

    long firstOffset() {
        return entry(0) >> REASON_BITS;
    }

    Reason firstReason() {
        return Reason.of((int) (entry(0) & REASON_MASK));
    }

    private long entry(int index) {
        if (index >= count) {
            throw new NoSuchElementException("letter " + index + " of " + count);
        }
        return ring[at(index)];
    }

    void removeFirst() {
        entry(0);
        first = at(1);
        count--;
        if (ring.length > ENTRIES_MIN && 8 * count < ring.length) {
            resize(ring.length / 2);
        }
    }

    private void resize(int entries) {
        long[] next = new long[entries];
        for (int index = 0; index < count; index++) {
            next[index] = ring[at(index)];
        }
        ring = next;
        first = 0;
    }

    /// Takes out those from one offset to before another.
    void removeAll(long from, long end, LongConsumer taken) {
        long[] all = new long[count];
        for (int index = 0; index < all.length; index++) {
            all[index] = entry(index);
        }
        clear();
        Arrays.stream(all).forEach(letter -> {
            long offset = letter >> REASON_BITS;
            if (offset >= from && offset < end) {
                taken.accept(offset);
            } else {
                add(offset, Reason.of((int) (letter & REASON_MASK)));
            }
        });
    }

    void clear() {
        ring = new long[ENTRIES_MIN];
        first = 0;
        count = 0;
    }
}
