package io.millrace.amqp.codec;

import io.millrace.amqp.codec.wire.AmqpError;
import io.millrace.amqp.codec.wire.ErlangTerms;
import io.millrace.amqp.codec.wire.ReplyCode;
import io.netty.buffer.ByteBuf;

/// Cuts frames out of the bytes received so far.
public final class FrameReader {
    /// The smallest frame-max anyone may ask for, frame-min-size of the specification. RabbitMQ 4.1 wants 8192; old
    /// amqplib asks for 4096.
    public static final int FRAME_MAX_LOWEST = 4096;

    /// What holds before `tune-ok`. RabbitMQ has taken that much since 4.1, because tokens are long.
    public static final int FRAME_MAX_BEFORE_TUNE = 8192;

    /// What RabbitMQ proposes.
    public static final int FRAME_MAX_DEFAULT = 131_072;

    private static final int METHOD_BYTES_MIN = 4;
    private static final int HEADER_BYTES_MIN = 12;
    private static final int SNIPPET_BYTES = 16;

    private FrameReader() {}

    /// Reads one frame. A frame that is too large is refused before its payload has arrived, so that never more than
    /// `frameMax` and eight octets need to be kept; those eight RabbitMQ forgives, since clients forget to count them.
    ///
    /// @param frameMax octets of a frame, those around its payload included
    public static FrameRead read(ByteBuf in, int frameMax) {
        if (in.readableBytes() < Frame.HEAD_BYTES) {
            return FrameRead.Incomplete.INSTANCE;
        }
        int at = in.readerIndex();
        int type = in.getUnsignedByte(at);
        int channel = in.getUnsignedShort(at + 1);
        long size = in.getUnsignedInt(at + 3);
        if (size > frameMax) {
            return tooLarge(in, type, channel, size, frameMax - Frame.EMPTY_BYTES);
        }
        if (in.readableBytes() < Frame.EMPTY_BYTES + size) {
            return FrameRead.Incomplete.INSTANCE;
        }
        int from = at + Frame.HEAD_BYTES;
        int to = from + (int) size;
        int end = in.getUnsignedByte(to);
        if (end != Frame.END) {
            return malformed(
                    ReplyCode.FRAME_ERROR, in, type, channel, from, to, ": {invalid_frame_end_marker," + end + "}");
        }
        in.readerIndex(to + 1);
        return frame(in, type, channel, from, to);
    }

    private static FrameRead frame(ByteBuf in, int type, int channel, int from, int to) {
        int size = to - from;
        boolean known = switch (type) {
            case Frame.TYPE_METHOD -> size >= METHOD_BYTES_MIN;
            case Frame.TYPE_HEADER -> size >= HEADER_BYTES_MIN;
            case Frame.TYPE_BODY -> true;
            case Frame.TYPE_HEARTBEAT -> size == 0;
            default -> false;
        };
        if (!known) {
            return malformed(ReplyCode.FRAME_ERROR, in, type, channel, from, to, ": unknown_frame");
        }
        boolean placed = switch (type) {
            case Frame.TYPE_METHOD -> true;
            case Frame.TYPE_HEARTBEAT -> channel == 0;
            default -> channel != 0;
        };
        if (!placed) {
            return malformed(ReplyCode.UNEXPECTED_FRAME, in, type, channel, from, to, "");
        }
        return switch (type) {
            case Frame.TYPE_METHOD -> new Frame.Method(channel, in.slice(from, size));
            case Frame.TYPE_HEADER -> new Frame.Header(channel, in.slice(from, size));
            case Frame.TYPE_BODY -> new Frame.Body(channel, in.slice(from, size));
            default -> Frame.Heartbeat.INSTANCE;
        };
    }

    private static FrameRead tooLarge(ByteBuf in, int type, int channel, long size, int sizeMax) {
        int none = in.readerIndex();
        return malformed(
                ReplyCode.FRAME_ERROR,
                in,
                type,
                channel,
                none,
                none,
                ": {frame_too_large," + size + "," + sizeMax + "}");
    }

    private static FrameRead malformed(
            ReplyCode code, ByteBuf in, int type, int channel, int from, int to, String why) {
        boolean all = to - from <= SNIPPET_BYTES;
        String octets = ErlangTerms.textOrBinary(in, from, all ? to : from + SNIPPET_BYTES);
        String text = "type " + type + ", " + (all ? "all" : "first 16") + " octets = " + octets + why;
        return new FrameRead.Malformed(channel, AmqpError.of(code, text));
    }
}
