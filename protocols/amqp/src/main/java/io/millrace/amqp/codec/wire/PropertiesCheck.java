package io.millrace.amqp.codec.wire;

import java.util.Arrays;

/// Walks over the bytes of a content header's properties once: whether they hold together.
final class PropertiesCheck {
    /// RabbitMQ has no words of its own for this: its channel crashes on it.
    static final AmqpError ERROR = AmqpError.of(ReplyCode.SYNTAX_ERROR, "malformed content properties");

    private static final int CONTINUES = 1;

    /// The bits that stand for properties; RabbitMQ does not look at the others of the first word.
    private static final int KNOWN = 0xfffc;

    private static final int BROKEN = -1;

    private PropertiesCheck() {}

    static Decoded<BasicProperties> check(byte[] bytes) {
        int at = afterFlags(bytes);
        if (at == BROKEN || !areValues(bytes, BigEndian.uint16(bytes, 0), at)) {
            return new Decoded.Malformed<>(ERROR);
        }
        boolean plain = at == Short.BYTES && (bytes[1] & ~KNOWN & 0xff) == 0;
        return new Decoded.Complete<>(new BasicProperties(plain ? bytes : withPlainFlags(bytes, at)));
    }

    /// Octets of a value that begins at `at`, its own length included, in bytes that passed the check.
    static int size(Property.Form form, byte[] bytes, int at) {
        return switch (form) {
            case SHORT_STRING -> 1 + BigEndian.uint8(bytes, at);
            case OCTET -> 1;
            case TIMESTAMP -> Long.BYTES;
            case TABLE -> Integer.BYTES + BigEndian.int32(bytes, at);
        };
    }

    /// Section 4.2.6.1: a word whose last bit is set is followed by another. No property is defined beyond the first.
    private static int afterFlags(byte[] bytes) {
        int at = 0;
        int word = CONTINUES;
        while ((word & CONTINUES) != 0) {
            if (bytes.length - at < Short.BYTES) {
                return BROKEN;
            }
            word = BigEndian.uint16(bytes, at);
            if (at > 0 && (word & ~CONTINUES) != 0) {
                return BROKEN;
            }
            at += Short.BYTES;
        }
        return at;
    }

    private static boolean areValues(byte[] bytes, int flags, int from) {
        int at = from;
        for (Property property : Property.all()) {
            if ((flags & property.flag()) == 0) {
                continue;
            }
            if (!isValue(property.form(), bytes, at)) {
                return false;
            }
            at += size(property.form(), bytes, at);
        }
        return at == bytes.length;
    }

    private static boolean isValue(Property.Form form, byte[] bytes, int at) {
        int left = bytes.length - at;
        return switch (form) {
            case SHORT_STRING -> left >= 1 && left >= 1 + BigEndian.uint8(bytes, at);
            case OCTET -> left >= 1;
            case TIMESTAMP -> left >= Long.BYTES;
            case TABLE -> left >= Integer.BYTES && isTable(bytes, at, left - Integer.BYTES);
        };
    }

    private static boolean isTable(byte[] bytes, int lengthAt, int left) {
        int length = BigEndian.int32(bytes, lengthAt);
        int from = lengthAt + Integer.BYTES;
        return length >= 0 && length <= left && TableCheck.isTable(bytes, from, from + length);
    }

    private static byte[] withPlainFlags(byte[] bytes, int valuesAt) {
        byte[] plain = Arrays.copyOfRange(bytes, valuesAt - Short.BYTES, bytes.length);
        plain[0] = bytes[0];
        plain[1] = (byte) (bytes[1] & KNOWN);
        return plain;
    }
}
