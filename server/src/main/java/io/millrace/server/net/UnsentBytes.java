package io.millrace.server.net;

import java.util.concurrent.atomic.AtomicLong;

/// What all AMQP connections of this node have written and their sockets have not taken, against one limit. Beyond it
/// each of them may have only little, so that those who read go on and those who do not hold nothing up.
///
/// May be used from any thread.
public final class UnsentBytes {
    private final AtomicLong bytes = new AtomicLong();
    private final long bytesMax;

    public UnsentBytes(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    void add(long more) {
        bytes.addAndGet(more);
    }

    boolean isTooMuch() {
        return bytes.get() > bytesMax;
    }

    public long bytes() {
        return bytes.get();
    }
}
