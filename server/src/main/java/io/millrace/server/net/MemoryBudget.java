package io.millrace.server.net;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// How much memory requests may hold in total: every read buffer from the moment it is kept until its last user lets
/// go, whether its frames are complete or not.
///
/// Never refuses what was read already: when it is overdrawn, connections stop reading until enough is given back, so
/// the overdraft is at most one small read per connection and one whole frame. Frames still arriving may use half of
/// it; beyond that their buffers stop growing, so that peers who never finish leave the other half to those who do. One
/// connection at a time, the favoured one, may go on all the same: somebody always finishes.
///
/// May be called from any thread.
public final class MemoryBudget {
    private final long bytesMax;
    private final AtomicLong bytesHeld = new AtomicLong();
    private final AtomicLong bytesUnfinished = new AtomicLong();
    private final AtomicReference<@Nullable FrameReader> favoured = new AtomicReference<>();
    private final SpareBuffers spares;

    /// @param spares where read buffers go that are done with
    MemoryBudget(long bytesMax, SpareBuffers spares) {
        this.bytesMax = bytesMax;
        this.spares = spares;
    }

    /// What reads of all connections use again; it is not in the budget, because it belongs to no request.
    SpareBuffers spares() {
        return spares;
    }

    void hold(long bytes) {
        bytesHeld.addAndGet(bytes);
    }

    void giveBack(long bytes) {
        bytesHeld.addAndGet(-bytes);
    }

    /// Of what is held, so much more (or less, when negative) waits for the rest of a frame.
    void unfinished(long bytes) {
        bytesUnfinished.addAndGet(bytes);
    }

    boolean isExhausted() {
        return bytesHeld.get() >= bytesMax;
    }

    /// Whether frames still arriving have used up their half, or everything is used up.
    boolean isTight() {
        return bytesUnfinished.get() >= bytesMax / 2 || isExhausted();
    }

    /// Whether this reader's unfinished frame may have a larger buffer; it may become the favoured one.
    boolean mayGrow(FrameReader reader) {
        return !isTight() || isFavoured(reader) || favoured.compareAndSet(null, reader);
    }

    boolean isFavoured(FrameReader reader) {
        return favoured.get() == reader;
    }

    /// The reader finished its frame, or is gone.
    void unfavour(FrameReader reader) {
        if (isFavoured(reader)) {
            favoured.set(null);
        }
    }

    /// For metrics.
    public long bytesHeld() {
        return bytesHeld.get();
    }

    long bytesUnfinished() {
        return bytesUnfinished.get();
    }

    public long bytesMax() {
        return bytesMax;
    }
}
