package io.millrace.amqp.codec.wire;

/// Walks over the bytes of tables without decoding them: whether they hold together, and where the next value begins.
final class TableCheck {
    /// RabbitMQ has no words of its own for this: its parser crashes, and with it the connection.
    static final AmqpError ERROR = AmqpError.of(ReplyCode.SYNTAX_ERROR, "malformed field table");

    private static final int BROKEN = -1;

    private TableCheck() {}

    static boolean isTable(byte[] bytes, int from, int to) {
        return isTable(bytes, from, to, FieldTable.DEPTH_MAX);
    }

    private static boolean isTable(byte[] bytes, int from, int to, int depth) {
        int at = from;
        while (at < to) {
            int value = at + 1 + BigEndian.uint8(bytes, at);
            at = value < to ? afterValue(bytes, value, to, depth) : BROKEN;
            if (at == BROKEN) {
                return false;
            }
        }
        return true;
    }

    private static boolean isArray(byte[] bytes, int from, int to, int depth) {
        int at = from;
        while (at < to) {
            at = afterValue(bytes, at, to, depth);
            if (at == BROKEN) {
                return false;
            }
        }
        return true;
    }

    /// Where the value ends that begins with its letter at `at`. Total only for `at` below `to`.
    private static int afterValue(byte[] bytes, int at, int to, int depth) {
        int value = at + 1;
        int size = fixedSize(bytes[at]);
        if (size >= 0) {
            return size <= to - value ? value + size : BROKEN;
        }
        if (size == UNKNOWN || to - value < Integer.BYTES) {
            return BROKEN;
        }
        int length = BigEndian.int32(bytes, value);
        int start = value + Integer.BYTES;
        if (length < 0 || length > to - start) {
            return BROKEN;
        }
        int end = start + length;
        boolean whole = switch (bytes[at]) {
            case 'F' -> depth > 1 && isTable(bytes, start, end, depth - 1);
            case 'A' -> depth > 1 && isArray(bytes, start, end, depth - 1);
            default -> true;
        };
        return whole ? end : BROKEN;
    }

    /// Where the value ends that begins with its letter at `at`, in bytes that passed the check.
    static int skip(byte[] bytes, int at) {
        int value = at + 1;
        int size = fixedSize(bytes[at]);
        return size >= 0 ? value + size : value + Integer.BYTES + BigEndian.int32(bytes, value);
    }

    private static final int PREFIXED = -1;
    private static final int UNKNOWN = -2;

    private static int fixedSize(byte letter) {
        return switch (letter) {
            case 'V' -> 0;
            case 't', 'b', 'B' -> 1;
            case 's', 'u' -> 2;
            case 'I', 'i', 'f' -> 4;
            case 'D' -> 5;
            case 'l', 'L', 'd', 'T' -> 8;
            case 'S', 'x', 'F', 'A' -> PREFIXED;
            default -> UNKNOWN;
        };
    }
}
