package io.millrace.server.net;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Cuts a byte stream into frames of a four-byte length and a body, without copying frames that arrive whole.
///
/// A frame that does not fit what is left of its buffer moves to a buffer of its own, and the socket then reads
/// straight into it ([FrameReceiveBuffers]). What a length merely claims buys no memory: that buffer is as large as
/// the frames this peer has finished before, else it doubles with what has arrived. Every buffer is charged to the
/// budget, and when frames still arriving have used up their share of it the reader starves until there is room.
///
/// Owned by: the connection's event loop.
public final class FrameReader {
    private static final int LENGTH_BYTES = 4;

    /// Enough for most requests, and little enough to give to anybody.
    private static final int BYTES_FIRST = 4 * 1024;

    /// Earlier frames earn a buffer of this size at once, not more.
    private static final int TRUSTED_BYTES_MAX = 256 * 1024;

    private final int frameBytesMax;
    private final boolean believesLengths;
    private final MemoryBudget budget;
    private @Nullable FrameBuffer pending;
    private int trustedBytes;
    private boolean starved;

    FrameReader(int frameBytesMax, MemoryBudget budget) {
        this(frameBytesMax, false, budget);
    }

    private FrameReader(int frameBytesMax, boolean believesLengths, MemoryBudget budget) {
        this.frameBytesMax = frameBytesMax;
        this.believesLengths = believesLengths;
        this.trustedBytes = believesLengths ? frameBytesMax : BYTES_FIRST;
        this.budget = budget;
    }

    /// Of answers, which come because we asked: their lengths are believed from the first.
    public static FrameReader ofAnswers(int frameBytesMax, MemoryBudget budget) {
        return new FrameReader(frameBytesMax, true, budget);
    }

    /// The buffer the socket should read into next because a frame is half there; null when any buffer will do.
    public @Nullable ByteBuf receiver() {
        return pending != null && pending.bytes().isWritable() ? pending.bytes() : null;
    }

    /// Whether a frame is half there and may have no more memory for now; [#next()] asks again.
    boolean isStarved() {
        return starved;
    }

    /// Whether this reader may go on though the budget is exhausted.
    boolean isFavoured() {
        return budget.isFavoured(this);
    }

    /// Bytes read and not handed out.
    int bytesWaiting() {
        return pending == null ? 0 : pending.bytes().readableBytes();
    }

    /// Takes over what the socket read: either a fresh buffer or the [#receiver()] with more bytes in it.
    public void onRead(ByteBuf bytes) {
        FrameBuffer held = pending;
        if (held == null) {
            pending = new FrameBuffer(bytes, budget);
        } else if (held.bytes() == bytes) {
            bytes.release(); // the hold the socket had while it was reading
        } else {
            append(held, bytes);
        }
    }

    private void append(FrameBuffer held, ByteBuf bytes) {
        FrameBuffer target = held;
        if (held.bytes().writableBytes() < bytes.readableBytes()) {
            target = move(held, held.bytes().readableBytes() + bytes.readableBytes());
        }
        target.bytes().writeBytes(bytes);
        bytes.release();
    }

    /// The next frame, held for the caller; null when it is not complete yet.
    ///
    /// @throws FrameException when the length can not be that of a frame
    public @Nullable FrameLease next() throws FrameException {
        FrameBuffer held = pending;
        starved = false;
        if (held == null) {
            return null;
        }
        ByteBuf bytes = held.bytes();
        int readable = bytes.readableBytes();
        if (readable < LENGTH_BYTES) {
            awaitRest(held, Math.min(trustedBytes, TRUSTED_BYTES_MAX));
            return null;
        }
        int length = bytes.getInt(bytes.readerIndex());
        if (length < 0 || length > frameBytesMax) {
            throw new FrameException(length, frameBytesMax);
        }
        if (readable < LENGTH_BYTES + length) {
            awaitRest(held, LENGTH_BYTES + length);
            return null;
        }
        ByteBuffer body = bytes.nioBuffer(bytes.readerIndex() + LENGTH_BYTES, length);
        bytes.skipBytes(LENGTH_BYTES + length);
        FrameLease frame = new FrameLease(held, body);
        onFrame(held, LENGTH_BYTES + length);
        return frame;
    }

    private void onFrame(FrameBuffer held, int frameBytes) {
        held.becomeUnfinished(false);
        budget.unfavour(this);
        if (!believesLengths) {
            // A small request between large ones does not take the trust away at once.
            int earned = Math.max(frameBytes, trustedBytes - trustedBytes / 8);
            trustedBytes = Math.clamp(earned, BYTES_FIRST, TRUSTED_BYTES_MAX);
        }
        if (!held.bytes().isReadable()) {
            held.release();
            pending = null;
        }
    }

    /// Makes sure more of a frame can be read behind what is there.
    private void awaitRest(FrameBuffer held, int frameBytes) {
        held.becomeUnfinished(true);
        ByteBuf bytes = held.bytes();
        int readable = bytes.readableBytes();
        boolean fits = readable + bytes.writableBytes() >= frameBytes;
        // A frame larger than what this peer has earned fills the buffer it is in before it gets the next.
        boolean unearned = frameBytes > trustedBytes || readable < LENGTH_BYTES;
        if (fits || (unearned && bytes.writableBytes() > bytes.capacity() / 8)) {
            return;
        }
        if (budget.mayGrow(this)) {
            move(held, Math.min(frameBytes, Math.max(trustedBytes, readable * 2)));
        } else {
            starved = true;
        }
    }

    private FrameBuffer move(FrameBuffer held, int capacity) {
        ByteBuf larger = held.bytes().alloc().directBuffer(capacity, capacity);
        larger.writeBytes(held.bytes());
        held.becomeUnfinished(false);
        held.release();
        FrameBuffer moved = new FrameBuffer(larger, budget);
        moved.becomeUnfinished(true);
        pending = moved;
        return moved;
    }

    public void close() {
        budget.unfavour(this);
        if (pending != null) {
            pending.becomeUnfinished(false);
            pending.release();
            pending = null;
        }
    }
}
