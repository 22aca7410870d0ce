package io.millrace.server.net;

import java.util.concurrent.atomic.AtomicLong;

/// How much memory requests may hold in total, from the moment a frame is complete until its last user lets go.
///
/// Never refuses: when it is overdrawn, connections stop reading until enough is given back, so the overdraft is at
/// most one socket read per connection. May be called from any thread.
public final class MemoryBudget {
    private final long bytesMax;
    private final AtomicLong bytesHeld = new AtomicLong();

    public MemoryBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    void hold(long bytes) {
        bytesHeld.addAndGet(bytes);
    }

    void giveBack(long bytes) {
        bytesHeld.addAndGet(-bytes);
    }

    boolean isExhausted() {
        return bytesHeld.get() >= bytesMax;
    }

    /// For metrics.
    public long bytesHeld() {
        return bytesHeld.get();
    }

    public long bytesMax() {
        return bytesMax;
    }
}
