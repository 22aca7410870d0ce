package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.machine.OffsetRanges;
import io.millrace.model.InvariantViolation;
import org.jspecify.annotations.Nullable;

/// Messages of a queue that does not outlive its node, in the node's memory: a ring indexed by offset, whose slots are
/// emptied as messages are settled and whose beginning follows the first that is not.
///
/// Owned by: the queue's loop.
final class MemoryStore implements QueueStore {
    private static final int SLOTS_MIN = 16;

    private final Owner owner;
    private final QueueMemory memory;
    private @Nullable Message[] ring = new Message[SLOTS_MIN];
    private long first;
    private long end;

    MemoryStore(Owner owner, QueueMemory memory) {
        this.owner = owner;
        this.memory = memory;
    }

    @Override
    public void append(Message message, Publication publication) {
        if (end - first == ring.length) {
            resize(ring.length * 2);
        }
        ring[slot(end)] = message;
        memory.add(message.bytes());
        owner.onStored(end++, message, publication);
    }

    private int slot(long offset) {
        return (int) (offset & ring.length - 1);
    }

    private void resize(int slots) {
        @Nullable Message[] next = new Message[slots];
        for (long offset = first; offset < end; offset++) {
            next[(int) (offset & slots - 1)] = ring[slot(offset)];
        }
        ring = next;
    }

    @Override
    public Message find(long offset) {
        Message message = offset < first || offset >= end ? null : ring[slot(offset)];
        if (message == null) {
            throw new InvariantViolation("message " + offset + " of a queue in memory is settled and asked for");
        }
        return message;
    }

    @Override
    public void settled(long offset) {
        drop(offset);
        advance();
    }

    @Override
    public void settled(OffsetRanges offsets) {
        for (int range = 0; range < offsets.count(); range++) {
            long last = Math.min(offsets.last(range), end - 1);
            for (long offset = Math.max(offsets.first(range), first); offset <= last; offset++) {
                drop(offset);
            }
        }
        advance();
    }

    private void drop(long offset) {
        if (offset < first || offset >= end) {
            return;
        }
        Message message = ring[slot(offset)];
        if (message != null) {
            ring[slot(offset)] = null;
            memory.remove(message.bytes());
        }
    }

    private void advance() {
        while (first < end && ring[slot(first)] == null) {
            first++;
        }
        if (ring.length > SLOTS_MIN && end - first < ring.length / 8) {
            resize(Math.max(SLOTS_MIN, ring.length / 4));
        }
    }

    @Override
    public void close() {
        for (long offset = first; offset < end; offset++) {
            drop(offset);
        }
        first = end;
    }
}
