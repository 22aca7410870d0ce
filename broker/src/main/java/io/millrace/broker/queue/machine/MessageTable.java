package io.millrace.broker.queue.machine;

import org.jspecify.annotations.Nullable;

/// Every message that is not settled, and some that are, in chunks by rising offset: a ring of chunks of which the
/// empty ones are gone. A queue without messages keeps one small chunk.
///
/// A message is addressed by its *place*: the chunk's number and the slot in one number. Places hold until the next
/// message is appended or settled.
///
/// Owned by: the queue's machine.
final class MessageTable {
    static final long NONE = -1;

    private static final int RING_MIN = 8;
    private static final int COMPACTED_MIN = 8;

    private @Nullable Chunk[] ring = new @Nullable Chunk[RING_MIN];
    private long[] firsts = new long[RING_MIN];
    private long head;
    private long tail; // behind the last chunk
    private int chunks;
    private long unsettled;
    private int generation;

    // Places.

    static long place(long chunk, int slot) {
        return chunk * Chunk.SLOTS_MAX + slot;
    }

    static long chunkOf(long place) {
        return place / Chunk.SLOTS_MAX;
    }

    static int slotOf(long place) {
        return (int) (place % Chunk.SLOTS_MAX);
    }

    Chunk at(long place) {
        return chunk(chunkOf(place));
    }

    long offsetAt(long place) {
        return at(place).offset(slotOf(place));
    }

    int bytesAt(long place) {
        return at(place).facts().bytes(slotOf(place));
    }

    long expiryAt(long place) {
        return at(place).facts().expiresAtMs(slotOf(place));
    }

    int levelAt(long place) {
        return at(place).facts().level(slotOf(place));
    }

    // Chunks.

    /// The number of the first chunk.
    long head() {
        return head;
    }

    /// Behind the number of the last chunk.
    long tail() {
        return tail;
    }

    boolean has(long chunk) {
        return chunk >= head && chunk < tail && ring[index(chunk)] != null;
    }

    Chunk chunk(long number) {
        Chunk chunk = ring[index(number)];
        if (chunk == null) {
            throw new IllegalStateException("no chunk " + number);
        }
        return chunk;
    }

    /// Where a chunk is in the ring, for sets of chunks that are kept beside it.
    int index(long chunk) {
        return (int) (chunk & (ring.length - 1));
    }

    /// The number of the chunk at that index.
    long numberAt(int index) {
        return head + ((index - head) & (ring.length - 1));
    }

    int ringSize() {
        return ring.length;
    }

    /// Grows whenever chunks get other numbers or the ring another size: what is kept beside it must be built anew.
    int generation() {
        return generation;
    }

    long unsettled() {
        return unsettled;
    }

    // Messages.

    long append(long offset, int bytes, long expiresAtMs, int level) {
        if (tail == head || !chunk(tail - 1).accepts(offset)) {
            makeRoom(offset);
        }
        Chunk chunk = chunk(tail - 1);
        if (chunk.count() == 0) {
            firsts[index(tail - 1)] = offset;
        }
        unsettled++;
        return place(tail - 1, chunk.append(offset, bytes, expiresAtMs, level));
    }

    private void makeRoom(long offset) {
        int slots = Chunk.SLOTS_MIN;
        if (tail > head) {
            Chunk last = chunk(tail - 1);
            slots = last.capacity();
            boolean isFull = last.count() == slots;
            if (4 * unsettled < slots) {
                slots = Math.max(Chunk.SLOTS_MIN, slots / 2);
            } else if (isFull && slots < Chunk.SLOTS_MAX && 2 * last.unsettled() >= slots) {
                Chunk grown = last.copy(2 * slots, false);
                ring[index(tail - 1)] = grown;
                if (grown.accepts(offset)) {
                    return;
                }
            }
        }
        if (tail - head == ring.length) {
            renumber();
        }
        firsts[index(tail)] = offset;
        ring[index(tail)] = new Chunk(slots);
        chunks++;
        tail++;
        tidy(tail - 2);
    }

    /// The place of a message, or [#NONE]: it is settled, or never was.
    long locate(long offset) {
        if (tail == head) {
            return NONE;
        }
        long number = firsts[index(tail - 1)] <= offset ? tail - 1 : search(offset);
        if (number == NONE || ring[index(number)] == null) {
            return NONE;
        }
        Chunk chunk = chunk(number);
        int slot = chunk.slot(offset);
        return slot == Bits.NONE || chunk.isSettled(slot) ? NONE : place(number, slot);
    }

    private long search(long offset) {
        long low = head;
        long high = tail - 2;
        while (low <= high) {
            long middle = (low + high) >>> 1;
            if (firsts[index(middle)] <= offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high < head ? NONE : high;
    }

    boolean isHeldBy(int holder, long offset) {
        long place = locate(offset);
        return place != NONE && at(place).holder(slotOf(place)) == holder;
    }

    /// The message is done with; it is neither ready nor held.
    void settle(long place) {
        at(place).settle(slotOf(place));
        unsettled--;
        tidy(chunkOf(place));
    }

    /// Settles everything ready of a chunk.
    long purge(long number) {
        Chunk chunk = chunk(number);
        int before = chunk.unsettled();
        chunk.purge();
        int gone = before - chunk.unsettled();
        unsettled -= gone;
        return gone;
    }

    /// Makes a chunk as small as what is left in it.
    void tidy(long number) {
        if (!has(number)) {
            return;
        }
        Chunk chunk = chunk(number);
        boolean isLast = number == tail - 1;
        if (!isLast && chunk.unsettled() == 0) {
            remove(number);
        } else if (!isLast && chunk.capacity() > COMPACTED_MIN && 4 * chunk.unsettled() <= chunk.capacity()) {
            compact(number, chunk);
        }
        if (unsettled == 0) {
            startOver(chunk(tail - 1));
        }
    }

    private void startOver(Chunk last) {
        if (last.capacity() > Chunk.SLOTS_MIN || ring.length > RING_MIN) {
            ring = new @Nullable Chunk[RING_MIN];
            firsts = new long[RING_MIN];
            head = 0;
            tail = 0;
            chunks = 0;
            generation++;
        } else {
            last.startOver();
        }
    }

    private void remove(long number) {
        ring[index(number)] = null;
        chunks--;
        while (head < tail && ring[index(head)] == null) {
            head++;
        }
    }

    private void compact(long number, Chunk chunk) {
        int slots = Math.max(COMPACTED_MIN, chunk.unsettled());
        ring[index(number)] = chunk.copy(slots, true);
    }

    /// The ring is full: closes the gaps that removed chunks left, and takes as much room as the others need.
    private void renumber() {
        int size = RING_MIN;
        while (size < 2 * chunks) {
            size *= 2;
        }
        @Nullable Chunk[] closed = new @Nullable Chunk[size];
        long[] closedFirsts = new long[size];
        int next = 0;
        for (long number = head; number < tail; number++) {
            if (has(number)) {
                closed[next] = chunk(number);
                closedFirsts[next++] = firsts[index(number)];
            }
        }
        ring = closed;
        firsts = closedFirsts;
        head = 0;
        tail = next;
        generation++;
    }

    /// The first offset that is not settled, or [#NONE].
    long firstUnsettled() {
        if (unsettled == 0) {
            return NONE;
        }
        Chunk first = chunk(head);
        return first.offset(first.firstUnsettled());
    }
}
