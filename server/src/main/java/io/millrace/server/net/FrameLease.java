package io.millrace.server.net;

import io.millrace.model.InvariantViolation;
import io.millrace.model.Lease;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/// One frame and the hold on the network buffer it lies in; the last release lets go of the buffer.
public final class FrameLease implements Lease {
    private static final AtomicIntegerFieldUpdater<FrameLease> HOLDS =
            AtomicIntegerFieldUpdater.newUpdater(FrameLease.class, "holds");

    private final FrameBuffer buffer;
    private final ByteBuffer frame;

    @SuppressWarnings("UnusedVariable") // counted through HOLDS
    private volatile int holds = 1;

    FrameLease(FrameBuffer buffer, ByteBuffer frame) {
        this.buffer = buffer;
        this.frame = frame;
        buffer.retain();
    }

    /// The frame's body; valid until the last release.
    public ByteBuffer frame() {
        return frame;
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
            buffer.release();
        } else if (left < 0) {
            throw new InvariantViolation("a frame was released more often than retained");
        }
    }
}
