package io.millrace.broker.stream;

import io.millrace.broker.queue.QueueMemory;
import java.util.List;

/// What one read brought, for all who stood at its place.
///
/// Owned by: the loop it was read on. Every taker lets go of it once; it counts as memory until the last has.
final class StreamPiece {
    private final List<StreamMessage> messages;
    private final long next;
    private final long end;
    private final QueueMemory memory;
    private final int bytes;
    private int takers;

    /// @param next the offset behind all that was read
    /// @param end the offset behind all there was
    StreamPiece(List<StreamMessage> messages, long next, long end, QueueMemory memory, int takers) {
        this.messages = messages;
        this.next = next;
        this.end = end;
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

    long end() {
        return end;
    }

    void release() {
        if (--takers == 0) {
            memory.remove(bytes);
        }
    }
}
