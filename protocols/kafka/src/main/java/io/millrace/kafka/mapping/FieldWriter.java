package io.millrace.kafka.mapping;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Writes the fields of one key or value of an internal topic, in the encodings of Kafka's protocol guide.
///
/// Owned by: whoever made it.
final class FieldWriter {
    private byte[] bytes = new byte[128];
    private int size;

    FieldWriter int16(int value) {
        room(2);
        bytes[size++] = (byte) (value >>> 8);
        bytes[size++] = (byte) value;
        return this;
    }

    FieldWriter int32(int value) {
        return int16(value >>> 16).int16(value);
    }

    FieldWriter int64(long value) {
        return int32((int) (value >>> 32)).int32((int) value);
    }

    FieldWriter string(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > Short.MAX_VALUE) {
            throw new IllegalArgumentException("a string of " + utf8.length + " bytes");
        }
        return int16(utf8.length).raw(utf8);
    }

    FieldWriter nullableString(@Nullable String value) {
        return value == null ? int16(-1) : string(value);
    }

    /// A string in the flexible encoding (KIP-482).
    FieldWriter compactString(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return varint(utf8.length + 1).raw(utf8);
    }

    FieldWriter blob(byte[] value) {
        return int32(value.length).raw(value);
    }

    FieldWriter varint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            int8(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        return int8(rest);
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    private FieldWriter int8(int value) {
        room(1);
        bytes[size++] = (byte) value;
        return this;
    }

    private FieldWriter raw(byte[] value) {
        room(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
        return this;
    }

    private void room(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
