package io.millrace.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Hands the socket the half-filled buffer of a frame that is still arriving, so that its bytes are never copied again;
/// otherwise a buffer of a size learned from recent reads, one used before if there is one.
public final class FrameReceiveBuffers implements RecvByteBufAllocator {
    private static final int BYTES_MIN = 1024;
    private static final int BYTES_FIRST = 4 * 1024;
    private static final int BYTES_MAX = SpareBuffers.BYTES_MAX;

    /// What a connection gets to read into when memory is short: its length tells whether it may have more.
    private static final int BYTES_TIGHT = 512;

    private final AdaptiveRecvByteBufAllocator adaptive =
            new AdaptiveRecvByteBufAllocator(BYTES_MIN, BYTES_FIRST, BYTES_MAX);
    private final Supplier<@Nullable ByteBuf> receiver;
    private final MemoryBudget budget;

    public FrameReceiveBuffers(Supplier<@Nullable ByteBuf> receiver, MemoryBudget budget) {
        this.receiver = receiver;
        this.budget = budget;
    }

    @Override
    public ExtendedHandle newHandle() {
        return new FrameHandle((ExtendedHandle) adaptive.newHandle());
    }

    /// Delegates everything but the choice of the buffer.
    private final class FrameHandle implements ExtendedHandle {
        private final ExtendedHandle learned;

        FrameHandle(ExtendedHandle learned) {
            this.learned = learned;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            ByteBuf half = receiver.get();
            if (half != null) {
                return half.retain();
            }
            if (budget.isTight()) {
                return allocator.directBuffer(BYTES_TIGHT, BYTES_TIGHT);
            }
            ByteBuf spare = budget.spares().take(learned.guess());
            return spare != null ? spare : learned.allocate(allocator);
        }

        @Override
        public int guess() {
            return learned.guess();
        }

        @Override
        public void reset(ChannelConfig config) {
            learned.reset(config);
        }

        @Override
        public void incMessagesRead(int messages) {
            learned.incMessagesRead(messages);
        }

        @Override
        public void lastBytesRead(int bytes) {
            learned.lastBytesRead(bytes);
        }

        @Override
        public int lastBytesRead() {
            return learned.lastBytesRead();
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            learned.attemptedBytesRead(bytes);
        }

        @Override
        public int attemptedBytesRead() {
            return learned.attemptedBytesRead();
        }

        @Override
        public boolean continueReading() {
            return learned.continueReading();
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
            return learned.continueReading(maybeMore);
        }

        @Override
        public void readComplete() {
            learned.readComplete();
        }
    }
}
