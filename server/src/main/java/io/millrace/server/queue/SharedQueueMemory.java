package io.millrace.server.queue;

import io.millrace.broker.queue.QueueMemory;
import java.util.concurrent.atomic.LongAdder;

/// What all queues of this node hold in memory, against one limit. May be used from any thread; a reading is as exact
/// as it has to be to make publishers wait.
public final class SharedQueueMemory implements QueueMemory {
    private final LongAdder bytes = new LongAdder();
    private final long bytesMax;

    public SharedQueueMemory(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    @Override
    public void add(int added) {
        bytes.add(added + OVERHEAD_BYTES);
    }

    @Override
    public void remove(int removed) {
        bytes.add(-removed - OVERHEAD_BYTES);
    }

    public long bytes() {
        return bytes.sum();
    }

    @Override
    public boolean isFull() {
        return bytes.sum() >= bytesMax;
    }

    /// Whether an eighth of it is free.
    public boolean isEased() {
        return bytes.sum() < bytesMax - bytesMax / 8;
    }
}
