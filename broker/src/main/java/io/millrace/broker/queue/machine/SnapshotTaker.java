package io.millrace.broker.queue.machine;

import io.millrace.broker.queue.machine.Snapshot.Fate;
import io.millrace.broker.queue.machine.Snapshot.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Goes through the chunks once and writes down what is settled among those that are not, and what befell these. Chunks
/// in which every message waits undisturbed are passed in one step.
///
/// Owned by: one call of [QueueMachine#snapshot].
final class SnapshotTaker {
    private final OffsetRanges.Builder settled = new OffsetRanges.Builder();
    private final List<Mark> marks = new ArrayList<>();
    private long next;
    private @Nullable Mark open;

    private SnapshotTaker(long firstUnsettled) {
        this.next = firstUnsettled;
    }

    static Snapshot take(MessageTable table, long firstUnsettled, long end, long redeliveredBelow) {
        SnapshotTaker taker = new SnapshotTaker(firstUnsettled);
        for (long number = table.head(); number < table.tail(); number++) {
            if (table.has(number) && table.chunk(number).unsettled() > 0) {
                taker.visit(table.chunk(number));
            }
        }
        taker.settledUntil(end);
        taker.close();
        return new Snapshot(firstUnsettled, end, redeliveredBelow, taker.settled.build(), taker.marks);
    }

    private void visit(Chunk chunk) {
        if (chunk.isCompacted()) {
            visitSlots(chunk);
        } else {
            visitRuns(chunk);
        }
        if (chunk.isMarked()) {
            visitMarks(chunk);
        } else {
            close();
        }
    }

    /// Between two slots of a compacted chunk there may be settled messages.
    private void visitSlots(Chunk chunk) {
        for (int slot = chunk.nextSlot(0, false); slot < chunk.count(); slot = chunk.nextSlot(slot + 1, false)) {
            unsettled(chunk.offset(slot), chunk.offset(slot));
        }
    }

    /// Between two slots there is nothing.
    private void visitRuns(Chunk chunk) {
        int from = chunk.nextSlot(0, false);
        while (from < chunk.count()) {
            int to = chunk.nextSlot(from, true);
            unsettled(chunk.offset(from), chunk.offset(to - 1));
            from = chunk.nextSlot(to, false);
        }
    }

    private void unsettled(long first, long last) {
        settledUntil(first);
        next = last + 1;
    }

    private void settledUntil(long offset) {
        if (next < offset) {
            settled.add(next, offset - 1);
        }
    }

    private void visitMarks(Chunk chunk) {
        for (int slot = chunk.nextSlot(0, false); slot < chunk.count(); slot = chunk.nextSlot(slot + 1, false)) {
            Optional<Fate> fate = fate(chunk, slot);
            if (fate.isPresent()) {
                mark(chunk.offset(slot), fate.get(), chunk.returns(slot));
            } else {
                close();
            }
        }
    }

    private static Optional<Fate> fate(Chunk chunk, int slot) {
        Reason reason = chunk.givenUp(slot);
        if (reason != null) {
            return switch (reason) {
                case REJECTED -> Optional.of(Fate.REJECTED);
                case EXPIRED -> Optional.of(Fate.EXPIRED);
                case MAX_LENGTH -> Optional.of(Fate.MAX_LENGTH);
                case DELIVERY_LIMIT -> Optional.of(Fate.DELIVERY_LIMIT);
                case DUE -> Optional.empty(); // time says so again
            };
        }
        if (chunk.holder(slot) > 0) {
            return Optional.of(Fate.UNACKED);
        }
        return chunk.isRedelivered(slot) ? Optional.of(Fate.RETURNED) : Optional.empty();
    }

    private void mark(long offset, Fate fate, int deliveryCount) {
        if (open != null && open.fate() == fate && open.deliveryCount() == deliveryCount) {
            open = new Mark(open.first(), offset, fate, deliveryCount);
            return;
        }
        close();
        open = new Mark(offset, offset, fate, deliveryCount);
    }

    private void close() {
        if (open != null) {
            marks.add(open);
            open = null;
        }
    }
}
