package io.millrace.log.batch;

import java.nio.ByteBuffer;

/// Kafka's variable-length numbers (zig-zag, seven bits per byte, low bits first) read at absolute positions. Reading
/// is split in two so that nothing has to be allocated: [#skip] finds the end and never looks past a limit, then
/// [#intAt] or [#longAt] read what is known to be whole.
public final class Varint {
    /// Answer of [#skip] when the number is cut off by the limit or longer than any `long`.
    public static final int MALFORMED = -1;

    private static final int LONG_BYTES_MAX = 10;

    private Varint() {}

    /// Position behind the number at `at`, or [#MALFORMED].
    public static int skip(ByteBuffer buffer, int at, int limit) {
        int end = Math.min(limit, at + LONG_BYTES_MAX);
        for (int i = at; i < end; i++) {
            if (buffer.get(i) >= 0) {
                return i + 1;
            }
        }
        return MALFORMED;
    }

    /// The number at `at`. Longer encodings than an `int` needs give some number, never an exception.
    public static int intAt(ByteBuffer buffer, int at) {
        byte first = buffer.get(at);
        if (first >= 0) {
            return (first >>> 1) ^ -(first & 1);
        }
        long raw = rawAt(buffer, at);
        int low = (int) raw;
        return (low >>> 1) ^ -(low & 1);
    }

    public static long longAt(ByteBuffer buffer, int at) {
        long raw = rawAt(buffer, at);
        return (raw >>> 1) ^ -(raw & 1);
    }

    private static long rawAt(ByteBuffer buffer, int at) {
        long raw = 0;
        for (int i = 0; i < LONG_BYTES_MAX; i++) {
            byte b = buffer.get(at + i);
            raw |= (long) (b & 0x7F) << (7 * i);
            if (b >= 0) {
                break;
            }
        }
        return raw;
    }

    /// Bytes the number takes when written.
    public static int sizeOf(long value) {
        long raw = (value << 1) ^ (value >> 63);
        return Math.max(1, (70 - Long.numberOfLeadingZeros(raw)) / 7);
    }

    /// Writes the number at the buffer's position.
    public static void put(ByteBuffer buffer, long value) {
        long raw = (value << 1) ^ (value >> 63);
        while ((raw & ~0x7FL) != 0) {
            buffer.put((byte) (raw | 0x80));
            raw >>>= 7;
        }
        buffer.put((byte) raw);
    }
}
