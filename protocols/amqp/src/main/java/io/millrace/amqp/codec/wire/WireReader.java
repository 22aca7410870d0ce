package io.millrace.amqp.codec.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/// Reads a method's fields one after the other. The first that is not there, or breaks the rules, makes everything from
/// there on empty, and [#fault] tells; so decoders of methods read straight on and nobody throws.
///
/// Owned by: one connection's loop, and used again for every method.
public final class WireReader {
    /// Of this RabbitMQ does not say which method it was.
    public static final AmqpError BAD_UTF8 = AmqpError.of(ReplyCode.FRAME_ERROR, "Malformed UTF-8 in shortstr");

    private final RecentStrings recent = new RecentStrings();
    private final byte[] shortString = new byte[ShortStrings.BYTES_MAX];
    private ByteBuf in = Unpooled.EMPTY_BUFFER;
    private int start;
    private int at;
    private int end;
    private @Nullable AmqpError fault;

    /// Begins behind the first `skipped` readable bytes of `payload`, whose own indexes stay.
    public void begin(ByteBuf payload, int skipped) {
        in = payload;
        start = payload.readerIndex() + skipped;
        at = start;
        end = payload.writerIndex();
        fault = null;
    }

    /// What was wrong, if anything was; also bytes behind the last field are wrong. The reader lets go of the bytes.
    public @Nullable AmqpError finish() {
        if (fault == null && at != end) {
            failLayout();
        }
        in = Unpooled.EMPTY_BUFFER;
        return fault;
    }

    public int uint8() {
        return has(1) ? in.getUnsignedByte(at++) : 0;
    }

    public int uint16() {
        if (!has(Short.BYTES)) {
            return 0;
        }
        at += Short.BYTES;
        return in.getUnsignedShort(at - Short.BYTES);
    }

    public long uint32() {
        if (!has(Integer.BYTES)) {
            return 0;
        }
        at += Integer.BYTES;
        return in.getUnsignedInt(at - Integer.BYTES);
    }

    public long int64() {
        if (!has(Long.BYTES)) {
            return 0;
        }
        at += Long.BYTES;
        return in.getLong(at - Long.BYTES);
    }

    /// A short string that must be UTF-8, as RabbitMQ demands in methods without content.
    public String shortString() {
        int length = takeShortString();
        String text = recent.decode(shortString, length);
        if (fault == null && ShortStrings.hasEscapes(text)) {
            fail(BAD_UTF8);
        }
        return text;
    }

    /// A short string of any octets, as RabbitMQ takes them in methods with content.
    public String shortOctets() {
        int length = takeShortString();
        return recent.decode(shortString, length);
    }

    public LongString longString() {
        byte[] octets = takeLongBytes();
        return LongString.owning(octets);
    }

    public FieldTable table() {
        byte[] contents = takeLongBytes();
        return switch (FieldTable.decode(contents)) {
            case Decoded.Complete<FieldTable>(FieldTable table) -> table;
            case Decoded.Malformed<FieldTable>(AmqpError error) -> {
                fail(error);
                yield FieldTable.EMPTY;
            }
        };
    }

    private int takeShortString() {
        int length = uint8();
        if (!has(length)) {
            return 0;
        }
        in.getBytes(at, shortString, 0, length);
        at += length;
        return length;
    }

    private byte[] takeLongBytes() {
        long length = uint32();
        if (length > end - at) {
            failLayout();
        }
        byte[] bytes = new byte[fault == null ? (int) length : 0];
        if (fault == null) {
            in.getBytes(at, bytes);
            at += bytes.length;
        }
        return bytes;
    }

    private boolean has(int bytes) {
        if (fault == null && end - at < bytes) {
            failLayout();
        }
        return fault == null;
    }

    private void failLayout() {
        fail(AmqpError.of(ReplyCode.FRAME_ERROR, "cannot decode " + ErlangTerms.binary(in, start, end)));
    }

    private void fail(AmqpError error) {
        if (fault == null) {
            fault = error;
        }
    }
}
