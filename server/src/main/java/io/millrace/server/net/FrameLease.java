package io.millrace.server.net;

import io.millrace.model.InvariantViolation;
import io.millrace.model.Lease;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/// The hold on one frame inside a pooled network buffer; gives the memory back to the pool and to the budget with the
/// last release.
final class FrameLease implements Lease {
    private static final AtomicIntegerFieldUpdater<FrameLease> HOLDS =
            AtomicIntegerFieldUpdater.newUpdater(FrameLease.class, "holds");

    private final ByteBuf frame;
    private final int bytes;
    private final MemoryBudget budget;

    @SuppressWarnings("UnusedVariable") // counted through HOLDS
    private volatile int holds = 1;

    FrameLease(ByteBuf frame, MemoryBudget budget) {
        this.frame = frame;
        this.bytes = frame.readableBytes();
        this.budget = budget;
        budget.hold(bytes);
    }

    @Override
    public void retain() {
        if (HOLDS.getAndIncrement(this) <= 0) {
            throw new InvariantViolation("a frame was retained after its last release");
        }
    }

    @Override
    public void release() {
        int left = HOLDS.decrementAndGet(this);
        if (left == 0) {
            frame.release();
            budget.giveBack(bytes);
        } else if (left < 0) {
            throw new InvariantViolation("a frame was released more often than retained");
        }
    }
}
