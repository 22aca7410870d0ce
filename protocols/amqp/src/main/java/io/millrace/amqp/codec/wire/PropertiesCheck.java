package io.millrace.amqp.codec.wire;

/// Walks over the bytes of a content header's properties once: whether they hold together.
final class PropertiesCheck {
    /// RabbitMQ has no words of its own for this: its channel crashes on it.
    static final AmqpError ERROR = AmqpError.of(ReplyCode.SYNTAX_ERROR, "malformed content properties");

    /// A further flag word, and a bit that is reserved. Nobody has defined a property beyond the first word, and
    /// RabbitMQ takes neither; its clients would not take them either.
    private static final int UNDEFINED = 0x0003;

    private PropertiesCheck() {}

    static Decoded<BasicProperties> check(byte[] bytes) {
        return bytes.length >= Short.BYTES && areValues(bytes, BigEndian.uint16(bytes, 0))
                ? new Decoded.Complete<>(new BasicProperties(bytes))
                : new Decoded.Malformed<>(ERROR);
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

    private static boolean areValues(byte[] bytes, int flags) {
        if ((flags & UNDEFINED) != 0) {
            return false;
        }
        int at = Short.BYTES;
        int left = flags;
        while (left != 0) {
            Property property = Property.firstOf(left);
            left ^= property.flag();
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
}
