package io.millrace.server.net;

import io.netty.buffer.ByteBuf;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Large read buffers that are done with, for the next reads. With a heap as small as ours the allocator pools none
/// above 16 KB: each would be asked of the system and filled with zeros, an eighth of what an event loop did for
/// producers of 16 KB batches.
///
/// May be used from any thread. Keeps [#KEPT_BYTES_MAX] at the most.
final class SpareBuffers {
    static final int BYTES_MIN = 32 << 10;
    static final int BYTES_MAX = 256 << 10;
    static final int KEPT_BYTES_MAX = 4 << 20;

    /// Sizes are powers of two; a read that asks for another gets a fresh buffer.
    private static final int SIZES = 1 + Integer.numberOfTrailingZeros(BYTES_MAX / BYTES_MIN);

    private final Spares[] bySize = new Spares[SIZES];
    private final AtomicLong kept = new AtomicLong();
    private volatile boolean closed;

    /// Those of one size.
    private record Spares(Queue<ByteBuf> buffers) {}

    SpareBuffers() {
        for (int i = 0; i < SIZES; i++) {
            bySize[i] = new Spares(new ConcurrentLinkedQueue<>());
        }
    }

    /// An empty buffer of just this size, the caller's from now on; null when there is none.
    @Nullable
    ByteBuf take(int bytes) {
        if (!isKept(bytes)) {
            return null;
        }
        ByteBuf spare = of(bytes).poll();
        if (spare != null) {
            kept.addAndGet(-bytes);
        }
        return spare;
    }

    /// Takes over the caller's hold, whatever becomes of the buffer. Nobody may look into it any more.
    void giveBack(ByteBuf buffer) {
        int bytes = buffer.capacity();
        if (!isKept(bytes) || buffer.refCnt() != 1) {
            buffer.release();
        } else if (kept.addAndGet(bytes) > KEPT_BYTES_MAX) {
            kept.addAndGet(-bytes);
            buffer.release();
        } else {
            of(bytes).add(buffer.clear());
            if (closed) {
                drain();
            }
        }
    }

    /// Nothing is kept any more.
    void close() {
        closed = true;
        drain();
    }

    private void drain() {
        for (Spares spares : bySize) {
            for (ByteBuf spare = spares.buffers().poll();
                    spare != null;
                    spare = spares.buffers().poll()) {
                kept.addAndGet(-spare.capacity());
                spare.release();
            }
        }
    }

    private static boolean isKept(int bytes) {
        return bytes >= BYTES_MIN && bytes <= BYTES_MAX && Integer.bitCount(bytes) == 1;
    }

    private Queue<ByteBuf> of(int bytes) {
        return bySize[Integer.numberOfTrailingZeros(bytes / BYTES_MIN)].buffers();
    }
}
