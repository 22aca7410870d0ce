package io.millrace.cluster.raft;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.memory.MemoryPool;
import org.jspecify.annotations.Nullable;

/// The buffers the engine gathers batches in: one small one is kept. The engine asks for its largest batch, 8 MB, each
/// time; what it writes into a buffer that is too small grows by itself, and is left to the collector.
///
/// It gathers the records of a snapshot until they are 8 MB, and a buffer grows by a tenth, copied each time: eleven
/// times what it holds in the end. So whoever writes one says how much it will be.
///
/// May be called from any thread.
final class RaftBuffers implements MemoryPool {
    /// Some hundred records of ours, or the partitions of a dozen topics.
    static final int BYTES = 64 << 10;

    private final AtomicReference<@Nullable ByteBuffer> kept = new AtomicReference<>();
    private volatile @Nullable Snapshot snapshot;

    /// A snapshot that is being written.
    private record Snapshot(Thread writer, long bytes) {}

    /// Does work that makes the engine gather so many bytes in this thread.
    void forSnapshot(long bytes, Runnable work) {
        snapshot = new Snapshot(Thread.currentThread(), bytes);
        try {
            work.run();
        } finally {
            snapshot = null;
        }
    }

    @Override
    public ByteBuffer tryAllocate(int bytes) {
        Snapshot writing = snapshot;
        if (writing != null && writing.writer == Thread.currentThread() && writing.bytes > BYTES) {
            return ByteBuffer.allocate((int) Math.min(bytes, writing.bytes));
        }
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
