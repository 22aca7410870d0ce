package io.millrace.amqp.codec;

import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/// Frames to bytes. Frames gather in one buffer until [#flush], so that a turn's deliveries leave as one write; large
/// bodies are not copied into it but handed on as slices between two buffers.
///
/// Owned by: one connection's loop. Between turns it holds nothing.
public final class FrameWriter {
    /// A smaller piece of a body costs less to copy than to send on its own.
    static final int COPIED_BYTES_MAX = 8 * 1024;

    private static final int BUFFER_BYTES_MIN = 256;

    /// A full buffer is handed on: growing further would copy it.
    private static final int BUFFER_BYTES_MAX = 64 * 1024;

    private final ByteBufAllocator allocator;
    private final Sink sink;
    private int frameMax = FrameReader.FRAME_MAX_LOWEST;
    private @Nullable ByteBuf current;

    /// As large as the one before: a busy connection does not grow it again and again, and an idle one's unsent answers
    /// do not hold memory that nobody counts.
    private int bufferBytes = BUFFER_BYTES_MIN;

    public FrameWriter(ByteBufAllocator allocator, Sink sink) {
        this.allocator = allocator;
        this.sink = sink;
    }

    /// Where bytes go, in order; the receiver owns them.
    public interface Sink {
        void write(ByteBuf bytes);
    }

    /// What `tune-ok` agreed on. Until then nothing larger than [FrameReader#FRAME_MAX_LOWEST] is cut.
    public void frameMax(int agreed) {
        if (agreed < FrameReader.FRAME_MAX_LOWEST) {
            throw new IllegalArgumentException("frame-max " + agreed);
        }
        frameMax = agreed;
    }

    /// The largest frame the client takes.
    public int frameMax() {
        return frameMax;
    }

    /// A method without content.
    ///
    /// @throws IllegalArgumentException for a short string that is too long; nothing is written then
    public void method(int channel, AmqpMethod method) {
        writeMethod(room(BUFFER_BYTES_MIN), channel, method);
    }

    public void heartbeat() {
        ByteBuf out = room(Frame.EMPTY_BYTES);
        out.writeByte(Frame.TYPE_HEARTBEAT).writeShort(0).writeInt(0).writeByte(Frame.END);
    }

    /// A method with its content. All of it, or nothing, is written; `body` keeps its indexes and stays the caller's.
    ///
    /// @throws IllegalArgumentException for a short string that is too long
    public void content(int channel, AmqpMethod method, BasicProperties properties, ByteBuf body) {
        int size = body.readableBytes();
        ByteBuf out = room(BUFFER_BYTES_MIN);
        writeMethod(out, channel, method);
        writeHeader(out, channel, method.classId(), properties, size);
        int pieceMax = frameMax - Frame.EMPTY_BYTES;
        for (int done = 0; done < size; done += pieceMax) {
            writeBody(channel, body, body.readerIndex() + done, Math.min(pieceMax, size - done));
        }
    }

    /// Hands on what has gathered.
    public void flush() {
        ByteBuf gathered = current;
        if (gathered != null) {
            current = null;
            bufferBytes = Math.clamp(gathered.readableBytes(), BUFFER_BYTES_MIN, BUFFER_BYTES_MAX);
            sink.write(gathered);
        }
    }

    /// Drops what has gathered.
    public void close() {
        if (current != null) {
            current.release();
            current = null;
        }
    }

    private static void writeMethod(ByteBuf out, int channel, AmqpMethod method) {
        int start = out.writerIndex();
        try {
            out.writeByte(Frame.TYPE_METHOD).writeShort(channel).writeInt(0);
            out.writeShort(method.classId()).writeShort(method.methodId());
            method.encode(out);
        } catch (IllegalArgumentException e) {
            out.writerIndex(start);
            throw e;
        }
        out.setInt(start + Frame.HEAD_BYTES - Integer.BYTES, out.writerIndex() - start - Frame.HEAD_BYTES);
        out.writeByte(Frame.END);
    }

    private static void writeHeader(ByteBuf out, int channel, int classId, BasicProperties properties, long bodySize) {
        out.writeByte(Frame.TYPE_HEADER).writeShort(channel).writeInt(Short.BYTES * 2 + Long.BYTES + properties.size());
        out.writeShort(classId).writeShort(0).writeLong(bodySize);
        properties.writeTo(out);
        out.writeByte(Frame.END);
    }

    private void writeBody(int channel, ByteBuf body, int from, int size) {
        ByteBuf head = room(Frame.HEAD_BYTES);
        head.writeByte(Frame.TYPE_BODY).writeShort(channel).writeInt(size);
        if (size > COPIED_BYTES_MAX) {
            flush();
            sink.write(body.retainedSlice(from, size));
        } else {
            room(size).writeBytes(body, from, size);
        }
        room(1).writeByte(Frame.END);
    }

    private ByteBuf room(int bytes) {
        ByteBuf gathered = current;
        if (gathered != null && gathered.readableBytes() + bytes > BUFFER_BYTES_MAX) {
            flush();
            gathered = null;
        }
        if (gathered == null) {
            gathered = allocator.ioBuffer(Math.max(bytes, bufferBytes));
            current = gathered;
        }
        return gathered;
    }
}
