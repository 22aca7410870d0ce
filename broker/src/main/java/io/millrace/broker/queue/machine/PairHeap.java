package io.millrace.broker.queue.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;

/// Offsets by rising key, then offset: a binary heap of 16 bytes an entry.
///
/// Owned by: whoever holds it.
final class PairHeap {
    private static final int FIRST_ENTRIES = 8;
    private static final long[] NO_ENTRIES = {};

    private long[] keys = NO_ENTRIES;
    private long[] offsets = NO_ENTRIES;
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    long firstKey() {
        return keys[0];
    }

    long firstOffset() {
        return offsets[0];
    }

    void add(long key, long offset) {
        if (size == keys.length) {
            resize(Math.max(FIRST_ENTRIES, 2 * size));
        }
        int at = size++;
        while (at > 0 && comesBefore(key, offset, (at - 1) / 2)) {
            move((at - 1) / 2, at);
            at = (at - 1) / 2;
        }
        keys[at] = key;
        offsets[at] = offset;
    }

    void removeFirst() {
        size--;
        long key = keys[size];
        long offset = offsets[size];
        int at = 0;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && comesBefore(keys[child + 1], offsets[child + 1], child)) {
                child++;
            }
            if (!comesBefore(keys[child], offsets[child], key, offset)) {
                break;
            }
            move(child, at);
            at = child;
        }
        keys[at] = key;
        offsets[at] = offset;
        if (size > FIRST_ENTRIES && size < keys.length / 4) {
            resize(keys.length / 2);
        }
    }

    /// The first entries in their order, without taking them out.
    List<DelayedMessage> first(int max) {
        List<DelayedMessage> found = new ArrayList<>();
        PriorityQueue<Integer> open =
                new PriorityQueue<>((a, b) -> comesBefore(keys[a], offsets[a], b) ? -1 : a.equals(b) ? 0 : 1);
        if (size > 0) {
            open.add(0);
        }
        while (found.size() < max && !open.isEmpty()) {
            int at = open.remove();
            found.add(new DelayedMessage(keys[at], offsets[at]));
            for (int child = 2 * at + 1; child <= 2 * at + 2 && child < size; child++) {
                open.add(child);
            }
        }
        return found;
    }

    private boolean comesBefore(long key, long offset, int other) {
        return comesBefore(key, offset, keys[other], offsets[other]);
    }

    private static boolean comesBefore(long key, long offset, long otherKey, long otherOffset) {
        return key < otherKey || (key == otherKey && offset < otherOffset);
    }

    private void move(int from, int to) {
        keys[to] = keys[from];
        offsets[to] = offsets[from];
    }

    private void resize(int entries) {
        keys = Arrays.copyOf(keys, entries);
        offsets = Arrays.copyOf(offsets, entries);
    }
}
