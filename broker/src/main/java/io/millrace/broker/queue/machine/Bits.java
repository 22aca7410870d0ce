package io.millrace.broker.queue.machine;

import java.util.Arrays;

/// A set of small numbers, 64 a word.
///
/// Owned by: whoever holds it.
final class Bits {
    static final int NONE = -1;

    private final long[] words;

    Bits(int size) {
        words = new long[(size + Long.SIZE - 1) / Long.SIZE];
    }

    boolean get(int index) {
        return (words[index / Long.SIZE] & 1L << index) != 0;
    }

    void set(int index) {
        words[index / Long.SIZE] |= 1L << index;
    }

    void clear(int index) {
        words[index / Long.SIZE] &= ~(1L << index);
    }

    void clearAll() {
        Arrays.fill(words, 0);
    }

    void addAll(Bits other) {
        for (int word = 0; word < words.length; word++) {
            words[word] |= other.words[word];
        }
    }

    boolean isEmpty() {
        return next(0) == NONE;
    }

    /// The first member from there on, or [#NONE].
    int next(int from) {
        return next(from, 0);
    }

    /// The first number from there on that is not a member; it may lie beyond the size.
    int nextClear(int from) {
        int found = next(from, -1);
        return found == NONE ? words.length * Long.SIZE : found;
    }

    private int next(int from, long flip) {
        int word = from / Long.SIZE;
        if (word >= words.length) {
            return NONE;
        }
        long rest = (words[word] ^ flip) & -1L << from;
        while (rest == 0) {
            if (++word == words.length) {
                return NONE;
            }
            rest = words[word] ^ flip;
        }
        return word * Long.SIZE + Long.numberOfTrailingZeros(rest);
    }
}
