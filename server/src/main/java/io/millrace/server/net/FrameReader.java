package io.millrace.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/// Cuts a byte stream into frames of a four-byte length and a body, without copying frames that arrive whole.
///
/// A frame that does not fit what is left of its buffer moves to a buffer of its own, and the socket then reads
/// straight into it ([FrameReceiveBuffers]). That buffer grows with what has arrived, never with what the length merely
/// claims.
///
/// Owned by: the connection's event loop.
final class FrameReader {
    private static final int LENGTH_BYTES = 4;

    /// A frame up to this size gets its whole buffer at once.
    private static final int TRUSTED_BYTES = 256 * 1024;

    private final int frameBytesMax;
    private @Nullable ByteBuf pending;

    FrameReader(int frameBytesMax) {
        this.frameBytesMax = frameBytesMax;
    }

    /// The buffer the socket should read into next because a frame is half there; null when any buffer will do.
    @Nullable
    ByteBuf receiver() {
        return pending != null && pending.isWritable() ? pending : null;
    }

    /// Takes over what the socket read: either a fresh buffer or the [#receiver()] with more bytes in it.
    void onRead(ByteBuf bytes) {
        ByteBuf held = pending;
        if (held == null) {
            pending = bytes;
        } else if (held == bytes) {
            bytes.release(); // the hold the socket had while it was reading
        } else {
            pending = append(held, bytes);
        }
    }

    private static ByteBuf append(ByteBuf held, ByteBuf bytes) {
        ByteBuf target = held;
        if (held.writableBytes() < bytes.readableBytes()) {
            target = move(held, held.readableBytes() + bytes.readableBytes(), held.alloc());
        }
        target.writeBytes(bytes);
        bytes.release();
        return target;
    }

    /// The body of the next frame, retained for the caller; null when it is not complete yet.
    ///
    /// @throws FrameException when the length can not be that of a frame
    @Nullable
    ByteBuf next() throws FrameException {
        ByteBuf held = pending;
        if (held == null) {
            return null;
        }
        int readable = held.readableBytes();
        if (readable < LENGTH_BYTES) {
            makeRoom(held, LENGTH_BYTES + TRUSTED_BYTES / 4);
            return null;
        }
        int length = held.getInt(held.readerIndex());
        if (length < 0 || length > frameBytesMax) {
            throw new FrameException(length, frameBytesMax);
        }
        if (readable < LENGTH_BYTES + length) {
            makeRoom(held, LENGTH_BYTES + length);
            return null;
        }
        held.skipBytes(LENGTH_BYTES);
        ByteBuf frame = held.readRetainedSlice(length);
        if (!held.isReadable()) {
            held.release();
            pending = null;
        }
        return frame;
    }

    /// Makes sure the rest of a frame can be read behind what is there.
    private void makeRoom(ByteBuf held, int frameBytes) {
        int room = held.readableBytes() + held.writableBytes();
        if (held.isReadable() && room >= frameBytes) {
            return;
        }
        if (held.isWritable() && frameBytes > TRUSTED_BYTES) {
            return; // a large frame: fill this buffer first, then grow
        }
        int grown = Math.max(TRUSTED_BYTES, held.readableBytes() * 2);
        pending = move(held, Math.min(frameBytes, grown), held.alloc());
    }

    private static ByteBuf move(ByteBuf held, int capacity, ByteBufAllocator allocator) {
        ByteBuf moved = allocator.directBuffer(capacity, capacity);
        moved.writeBytes(held);
        held.release();
        return moved;
    }

    void close() {
        if (pending != null) {
            pending.release();
            pending = null;
        }
    }
}
