package io.millrace.cluster.raft;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.memory.MemoryPool;
import org.jspecify.annotations.Nullable;

/// The buffers the engine gathers batches in: one small one is kept. The engine asks for its largest batch, 8 MB, each
/// time; what it writes into a buffer that is too small grows by itself, and is left to the collector.
///
/// May be called from any thread.
final class RaftBuffers implements MemoryPool {
    /// Some hundred records of ours, or the partitions of a dozen topics.
    static final int BYTES = 64 << 10;

    private final AtomicReference<@Nullable ByteBuffer> kept = new AtomicReference<>();

    @Override
    public ByteBuffer tryAllocate(int bytes) {
        ByteBuffer buffer = kept.getAndSet(null);
        return buffer == null ? ByteBuffer.allocate(BYTES) : buffer;
    }

    @Override
    public void release(ByteBuffer buffer) {
        if (buffer.capacity() == BYTES) {
            kept.set(buffer.clear());
        }
    }

    @Override
    public long size() {
        return Long.MAX_VALUE;
    }

    @Override
    public long availableMemory() {
        return Long.MAX_VALUE;
    }

    @Override
    public boolean isOutOfMemory() {
        return false;
    }
}
