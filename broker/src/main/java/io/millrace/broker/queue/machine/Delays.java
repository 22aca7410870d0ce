package io.millrace.broker.queue.machine;

import java.util.List;

/// Messages that are not due yet, by due time, then offset. When its time comes, a message takes a turn: its place is
/// behind all messages that the queue had then, and before those that came later.
///
/// Owned by: the queue's machine.
final class Delays {
    private final MessageTable table;
    private final PairHeap waiting = new PairHeap();
    private long bytes;
    private long turns;

    Delays(MessageTable table) {
        this.table = table;
    }

    void add(long place, long dueAtMs) {
        table.at(place).setHolder(MessageTable.slotOf(place), Chunk.DELAYED);
        waiting.add(dueAtMs, table.offsetAt(place));
        bytes += table.bytesAt(place);
    }

    /// Takes out the first message if it is due.
    ///
    /// @param end behind the last message the queue has
    /// @return its place, or [MessageTable#NONE]
    long take(long nowMs, long end) {
        if (waiting.isEmpty() || waiting.firstKey() > nowMs) {
            return MessageTable.NONE;
        }
        long place = table.locate(waiting.firstOffset());
        waiting.removeFirst();
        bytes -= table.bytesAt(place);
        Chunk chunk = table.at(place);
        int slot = MessageTable.slotOf(place);
        chunk.release(slot);
        chunk.putTurn(slot, ++turns, end - 1);
        return place;
    }

    long firstMs() {
        return waiting.isEmpty() ? MessageFacts.NEVER : waiting.firstKey();
    }

    long count() {
        return waiting.size();
    }

    long bytes() {
        return bytes;
    }

    List<DelayedMessage> first(int max) {
        return waiting.first(max);
    }
}
