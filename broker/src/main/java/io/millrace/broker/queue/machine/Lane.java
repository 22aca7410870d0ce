package io.millrace.broker.queue.machine;

import org.jspecify.annotations.Nullable;

/// The ready messages of one priority: which chunks have some, and in which order those come that were delayed.
///
/// Owned by: [ReadyMessages].
final class Lane {
    private final MessageTable table;
    private final int level;
    private Bits chunks;
    /// No chunk before it has a ready message of this lane.
    private long from;
    private @Nullable PairHeap matured;
    private int maturedCount;
    private long count;

    Lane(MessageTable table, int level) {
        this.table = table;
        this.level = level;
        this.chunks = new Bits(table.ringSize());
    }

    boolean isEmpty() {
        return count == 0;
    }

    /// A message is ready: its chunk says so already.
    void added(long place) {
        count++;
        Chunk chunk = table.at(place);
        int slot = MessageTable.slotOf(place);
        if (chunk.isMatured(slot)) {
            addMatured(chunk.facts().turn(slot), chunk.offset(slot));
        } else {
            mark(MessageTable.chunkOf(place));
        }
    }

    private void addMatured(long turn, long offset) {
        if (matured == null) {
            matured = new PairHeap();
        }
        matured.add(turn, offset);
        maturedCount++;
    }

    private void mark(long chunk) {
        chunks.set(table.index(chunk));
        from = Math.min(from, chunk);
    }

    /// A message is not ready any more: its chunk has forgotten it already.
    void removed(long place, boolean wasMatured) {
        count--;
        if (wasMatured) {
            removeMatured(table.offsetAt(place));
        } else if (table.at(place).firstReady(level) == Bits.NONE) {
            chunks.clear(table.index(MessageTable.chunkOf(place)));
        }
    }

    /// What is delivered is the first of the heap. What expires may be anywhere in it: that entry stays until it is
    /// first, or the last message is gone.
    private void removeMatured(long offset) {
        maturedCount--;
        if (maturedCount == 0) {
            matured = null;
        } else if (matured != null && matured.firstOffset() == offset) {
            matured.removeFirst();
        }
    }

    /// The place of the first message; there is one.
    long head() {
        long plain = firstPlain();
        long due = firstMatured();
        if (plain == MessageTable.NONE || due == MessageTable.NONE) {
            return Math.max(plain, due);
        }
        long anchor = table.at(due).facts().anchor(MessageTable.slotOf(due));
        return table.offsetAt(plain) <= anchor ? plain : due;
    }

    private long firstPlain() {
        int begin = table.index(Math.max(from, table.head()));
        int index = chunks.next(begin);
        if (index == Bits.NONE) {
            index = chunks.next(0);
        }
        if (index == Bits.NONE) {
            from = table.tail();
            return MessageTable.NONE;
        }
        from = table.numberAt(index);
        return MessageTable.place(from, table.chunk(from).firstReady(level));
    }

    private long firstMatured() {
        while (matured != null) {
            long place = table.locate(matured.firstOffset());
            if (place != MessageTable.NONE && table.at(place).isMatured(MessageTable.slotOf(place))) {
                return place;
            }
            matured.removeFirst();
        }
        return MessageTable.NONE;
    }

    /// The chunks have other numbers.
    void renumber() {
        chunks = new Bits(table.ringSize());
        from = table.tail();
        for (long number = table.head(); number < table.tail(); number++) {
            if (table.has(number) && table.chunk(number).firstReady(level) != Bits.NONE) {
                mark(number);
            }
        }
    }
}
