package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.machine.OffsetRanges;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Messages a queue has in memory, found by offset, and what they cost. An open-addressed table without boxes: one that
/// waits long costs no more than its own slot, however far the queue's end has moved on.
///
/// Owned by: the queue's loop.
final class MessagesByOffset {
    private static final int SLOTS_MIN = 16;
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    private final QueueMemory memory;
    private long[] offsets = new long[SLOTS_MIN];
    private @Nullable Message[] messages = new Message[SLOTS_MIN];
    private int count;

    MessagesByOffset(QueueMemory memory) {
        this.memory = memory;
    }

    int count() {
        return count;
    }

    /// Adds a message that is not there.
    void add(long offset, Message message) {
        if (4 * (count + 1) > 3 * messages.length) {
            resize(2 * messages.length);
        }
        put(offset, message);
        count++;
        memory.add(message.bytes());
    }

    private void put(long offset, Message message) {
        int slot = home(offset);
        while (messages[slot] != null) {
            slot = next(slot);
        }
        offsets[slot] = offset;
        messages[slot] = message;
    }

    private int home(long offset) {
        return (int) (offset * SPREAD >>> 33) & messages.length - 1;
    }

    private int next(int slot) {
        return slot + 1 & messages.length - 1;
    }

    private void resize(int slots) {
        long[] oldOffsets = offsets;
        @Nullable Message[] old = messages;
        offsets = new long[slots];
        messages = new Message[slots];
        for (int slot = 0; slot < old.length; slot++) {
            Message message = old[slot];
            if (message != null) {
                put(oldOffsets[slot], message);
            }
        }
    }

    @Nullable
    Message find(long offset) {
        return messages[slotOf(offset)];
    }

    /// Where it is, or an empty slot.
    private int slotOf(long offset) {
        int slot = home(offset);
        while (messages[slot] != null && offsets[slot] != offset) {
            slot = next(slot);
        }
        return slot;
    }

    @Nullable
    Message remove(long offset) {
        int slot = slotOf(offset);
        Message message = messages[slot];
        if (message != null) {
            memory.remove(message.bytes());
            count--;
            close(slot);
            if (messages.length > SLOTS_MIN && 8 * count < messages.length) {
                resize(messages.length / 2);
            }
        }
        return message;
    }

    /// Moves up what lies behind a slot that becomes empty, so that every message is found from its home on.
    private void close(int emptied) {
        int hole = emptied;
        for (int slot = next(hole); messages[slot] != null; slot = next(slot)) {
            int way = slot - home(offsets[slot]) & messages.length - 1;
            if (way >= (slot - hole & messages.length - 1)) {
                offsets[hole] = offsets[slot];
                messages[hole] = messages[slot];
                hole = slot;
            }
        }
        messages[hole] = null;
    }

    void removeAll(OffsetRanges gone) {
        long[] there = held();
        for (long offset : there) {
            if (gone.contains(offset)) {
                remove(offset);
            }
        }
    }

    private long[] held() {
        long[] there = new long[count];
        int at = 0;
        for (int slot = 0; slot < messages.length; slot++) {
            if (messages[slot] != null) {
                there[at++] = offsets[slot];
            }
        }
        return there;
    }

    void clear() {
        for (Message message : messages) {
            if (message != null) {
                memory.remove(message.bytes());
            }
        }
        offsets = Arrays.copyOf(offsets, SLOTS_MIN);
        messages = new Message[SLOTS_MIN];
        count = 0;
    }
}
