package io.millrace.broker.queue.machine;

import java.util.Arrays;
import java.util.function.LongConsumer;

/// When messages expire, known chunk by chunk: a tournament tree over the ring of chunks whose leaves are the earliest
/// expiry of each. Wherever a message stands in the queue, it is found when its time has come, and a message costs
/// nothing here beyond its own expiry. Times are lower bounds: a message may have left meanwhile, which is noticed when
/// its time comes.
///
/// Owned by: the queue's machine.
final class ExpiryIndex {
    private static final long[] NO_TREE = {};

    private final MessageTable table;
    private long[] tree = NO_TREE; // [1] is the root, leaves are in its second half
    private int generation;

    ExpiryIndex(MessageTable table) {
        this.table = table;
    }

    /// A message is ready.
    void watch(long place) {
        long expiresAtMs = table.expiryAt(place);
        Chunk chunk = table.at(place);
        if (expiresAtMs < chunk.expiresFrom()) {
            chunk.expiresFrom(expiresAtMs);
            if (!follow()) {
                put(MessageTable.chunkOf(place), expiresAtMs);
            }
        }
    }

    /// No message expires before.
    long firstMs() {
        return tree.length == 0 ? MessageFacts.NEVER : tree[1];
    }

    /// Hands out the offsets of ready messages that expire by then, in the order of the log, no more than so many.
    ///
    /// @param expire takes the message out of the ready ones
    void sweep(long untilMs, int max, LongConsumer expire) {
        follow();
        int left = max;
        while (left > 0 && firstMs() <= untilMs) {
            long number = firstDue(untilMs);
            long[] due = table.has(number) ? due(table.chunk(number), untilMs, left) : NO_TREE;
            for (long offset : due) {
                expire.accept(offset);
            }
            left -= due.length;
            if (!follow()) {
                rescan(number);
            }
        }
    }

    private static long[] due(Chunk chunk, long untilMs, int max) {
        long[] found = new long[Math.min(max, chunk.readyCount())];
        int length = 0;
        int slot = chunk.nextExpired(0, untilMs);
        while (slot != Bits.NONE && length < found.length) {
            found[length++] = chunk.offset(slot);
            slot = chunk.nextExpired(slot + 1, untilMs);
        }
        return Arrays.copyOf(found, length);
    }

    private void rescan(long number) {
        if (table.has(number)) {
            Chunk chunk = table.chunk(number);
            chunk.expiresFrom(chunk.firstExpiry());
            put(number, chunk.expiresFrom());
        } else {
            put(number, MessageFacts.NEVER);
        }
    }

    private void put(long number, long expiresAtMs) {
        int node = tree.length / 2 + table.index(number);
        tree[node] = expiresAtMs;
        while (node > 1) {
            node /= 2;
            tree[node] = Math.min(tree[2 * node], tree[2 * node + 1]);
        }
    }

    /// The first chunk of the queue with something due; there is one.
    private long firstDue(long untilMs) {
        int begin = table.index(table.head());
        int index = firstLeaf(1, 0, table.ringSize(), begin, untilMs);
        return table.numberAt(index == Bits.NONE ? firstLeaf(1, 0, table.ringSize(), 0, untilMs) : index);
    }

    private int firstLeaf(int node, int low, int size, int from, long untilMs) {
        if (tree[node] > untilMs || low + size <= from) {
            return Bits.NONE;
        }
        if (size == 1) {
            return low;
        }
        int left = firstLeaf(2 * node, low, size / 2, from, untilMs);
        return left != Bits.NONE ? left : firstLeaf(2 * node + 1, low + size / 2, size / 2, from, untilMs);
    }

    /// Builds the tree anew when chunks have other numbers, or there was none.
    private boolean follow() {
        if (generation == table.generation() && tree.length > 0) {
            return false;
        }
        generation = table.generation();
        tree = new long[2 * table.ringSize()];
        Arrays.fill(tree, MessageFacts.NEVER);
        for (long number = table.head(); number < table.tail(); number++) {
            if (table.has(number)) {
                tree[tree.length / 2 + table.index(number)] =
                        table.chunk(number).expiresFrom();
            }
        }
        for (int node = tree.length / 2 - 1; node > 0; node--) {
            tree[node] = Math.min(tree[2 * node], tree[2 * node + 1]);
        }
        return true;
    }
}
