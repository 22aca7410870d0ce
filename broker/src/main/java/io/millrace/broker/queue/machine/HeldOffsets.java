package io.millrace.broker.queue.machine;

import java.util.Arrays;

/// The offsets somebody holds, in the order they were delivered. What is settled in that order leaves at once; what is
/// settled out of order stays until there is no room, and only the chunks know that it is gone.
///
/// Owned by: its holder.
final class HeldOffsets {
    private static final int ROOM_MIN = 8;
    private static final long[] NO_ROOM = {};

    private final MessageTable table;
    private final int holder;
    private long[] offsets = NO_ROOM;
    private int first;
    private int end;
    private int count;

    HeldOffsets(MessageTable table, int holder) {
        this.table = table;
        this.holder = holder;
    }

    int count() {
        return count;
    }

    void add(long offset) {
        if (end == offsets.length) {
            makeRoom();
        }
        offsets[end++] = offset;
        count++;
    }

    private void makeRoom() {
        if (2 * (end - first) > offsets.length) {
            keepHeld();
        } else {
            System.arraycopy(offsets, first, offsets, 0, end - first);
            end -= first;
            first = 0;
        }
        if (2 * end >= offsets.length) {
            offsets = Arrays.copyOf(offsets, Math.max(ROOM_MIN, 2 * offsets.length));
        }
    }

    /// A message that came back and was delivered once more is in it twice.
    private void keepHeld() {
        Arrays.sort(offsets, first, end);
        int kept = 0;
        for (int at = first; at < end; at++) {
            long offset = offsets[at];
            if ((kept == 0 || offsets[kept - 1] != offset) && table.isHeldBy(holder, offset)) {
                offsets[kept++] = offset;
            }
        }
        first = 0;
        end = kept;
    }

    void remove(long offset) {
        count--;
        if (count == 0) {
            first = 0;
            end = 0;
            offsets = offsets.length > Chunk.SLOTS_MAX ? NO_ROOM : offsets;
        } else if (offsets[first] == offset) {
            first++;
        }
    }

    /// All that is held, by rising offset.
    long[] all() {
        keepHeld();
        return Arrays.copyOf(offsets, end);
    }
}
