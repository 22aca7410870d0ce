package io.millrace.broker.stream;

import io.millrace.broker.queue.QueueMemory;
import java.util.List;

/// What one read brought, for all who stood at its place.
///
/// Owned by: the loop it was read on. Every taker lets go of it once; it counts as memory until the last has.
final class StreamPiece {
    private final List<StreamMessage> messages;
    private final long next;
    private final QueueMemory memory;
    private final int bytes;
    private int takers;

    /// @param next the offset behind all that was read
    StreamPiece(List<StreamMessage> messages, long next, QueueMemory memory, int takers) {
        this.messages = messages;
        this.next = next;
        this.memory = memory;
        this.takers = takers;
        int sum = 0;
        for (StreamMessage each : messages) {
            sum += each.message().bytes() + QueueMemory.OVERHEAD_BYTES;
        }
        this.bytes = sum;
        memory.add(bytes);
    }

    int count() {
        return messages.size();
    }

    StreamMessage get(int at) {
        return messages.get(at);
    }

    long next() {
        return next;
    }

    void release() {
        if (--takers == 0) {
            memory.remove(bytes);
        }
    }
}
