package io.millrace.broker.queue.machine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What can be delivered, higher priorities first. The messages themselves are marked in their chunks; here is only
/// what finds the first of them without looking through the others.
///
/// Owned by: the queue's machine.
final class ReadyMessages {
    private static final int NONE = -1;

    private final MessageTable table;
    private @Nullable Lane[] lanes = new @Nullable Lane[1];
    private int generation;
    private int highest = NONE;
    private long count;
    private long bytes;

    ReadyMessages(MessageTable table) {
        this.table = table;
    }

    long count() {
        return count;
    }

    long bytes() {
        return bytes;
    }

    void add(long place) {
        follow();
        table.at(place).addReady(MessageTable.slotOf(place));
        count++;
        bytes += table.bytesAt(place);
        int level = table.levelAt(place);
        lane(level).added(place);
        highest = Math.max(highest, level);
    }

    void remove(long place) {
        follow();
        Chunk chunk = table.at(place);
        int slot = MessageTable.slotOf(place);
        int level = table.levelAt(place);
        boolean wasMatured = chunk.isMatured(slot);
        chunk.removeReady(slot);
        count--;
        bytes -= table.bytesAt(place);
        lane(level).removed(place, wasMatured);
        while (highest >= 0 && lane(highest).isEmpty()) {
            highest--;
        }
    }

    /// The place of the message to be delivered next, or [MessageTable#NONE].
    long head() {
        follow();
        return highest == NONE ? MessageTable.NONE : lane(highest).head();
    }

    /// Everything ready is settled, chunk by chunk.
    Purged purge() {
        OffsetRanges.Builder offsets = new OffsetRanges.Builder();
        long gone = count;
        long end = table.tail();
        for (long number = table.head(); number < end; number++) {
            if (table.has(number) && table.chunk(number).readyCount() > 0) {
                ReadyRuns.of(table.chunk(number), offsets);
                table.purge(number);
            }
        }
        for (long number = table.head(); number < end; number++) {
            table.tidy(number);
        }
        lanes = new @Nullable Lane[1];
        highest = NONE;
        count = 0;
        bytes = 0;
        return new Purged(gone, offsets.build());
    }

    private Lane lane(int level) {
        if (level >= lanes.length) {
            lanes = Arrays.copyOf(lanes, level + 1);
        }
        Lane lane = lanes[level];
        if (lane == null) {
            lane = new Lane(table, level);
            lanes[level] = lane;
        }
        return lane;
    }

    private void follow() {
        if (generation == table.generation()) {
            return;
        }
        generation = table.generation();
        for (Lane lane : lanes) {
            if (lane != null) {
                lane.renumber();
            }
        }
    }
}
