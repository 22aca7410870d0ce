package io.millrace.server.net;

import io.millrace.model.InvariantViolation;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/// One pooled read buffer, charged to the budget with its whole capacity, which is what it costs however little of it
/// is used. The reader has one hold on it and each frame cut from it another.
///
/// Owned by: the connection's event loop; holds may be let go of anywhere.
final class FrameBuffer {
    private static final AtomicIntegerFieldUpdater<FrameBuffer> HOLDS =
            AtomicIntegerFieldUpdater.newUpdater(FrameBuffer.class, "holds");

    private final ByteBuf bytes;
    private final int capacity;
    private final MemoryBudget budget;
    private boolean unfinished;

    @SuppressWarnings("UnusedVariable") // counted through HOLDS
    private volatile int holds = 1;

    /// Takes over the caller's hold on `bytes`.
    FrameBuffer(ByteBuf bytes, MemoryBudget budget) {
        this.bytes = bytes;
        this.capacity = bytes.capacity();
        this.budget = budget;
        budget.hold(capacity);
    }

    ByteBuf bytes() {
        return bytes;
    }

    /// Whether it waits for the rest of a frame, which has a share of the budget of its own.
    void becomeUnfinished(boolean now) {
        if (now != unfinished) {
            unfinished = now;
            budget.unfinished(now ? capacity : -capacity);
        }
    }

    void retain() {
        if (HOLDS.getAndIncrement(this) <= 0) {
            throw new InvariantViolation("a read buffer was retained after its last release");
        }
    }

    void release() {
        int left = HOLDS.decrementAndGet(this);
        if (left == 0) {
            budget.spares().giveBack(bytes);
            budget.giveBack(capacity);
        } else if (left < 0) {
            throw new InvariantViolation("a read buffer was released more often than retained");
        }
    }
}
