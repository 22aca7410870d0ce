package io.millrace.kafka.mapping;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads the fields of one key or value of an internal topic. Lengths are checked against the bytes there are before
/// anything is allocated.
///
/// Owned by: whoever made it.
final class FieldReader {
    private final ByteBuffer bytes;

    FieldReader(ByteBuffer bytes) {
        this.bytes = bytes.duplicate();
    }

    /// The bytes do not hold what they should.
    static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }

    int int16() {
        need(2);
        return bytes.getShort();
    }

    int int32() {
        need(4);
        return bytes.getInt();
    }

    long int64() {
        need(8);
        return bytes.getLong();
    }

    String string() {
        String value = nullableString();
        if (value == null) {
            throw new Malformed("a string is missing");
        }
        return value;
    }

    @Nullable
    String nullableString() {
        int length = int16();
        return length < 0 ? null : text(length);
    }

    String compactString() {
        String value = compactNullableString();
        if (value == null) {
            throw new Malformed("a string is missing");
        }
        return value;
    }

    @Nullable
    String compactNullableString() {
        int length = varint() - 1;
        return length < 0 ? null : text(length);
    }

    byte[] blob() {
        return raw(int32());
    }

    byte[] compactBlob() {
        return raw(varint() - 1);
    }

    /// The length of an array whose elements take at least one byte each.
    int arrayLength() {
        return plausible(int32());
    }

    int compactArrayLength() {
        return plausible(varint() - 1);
    }

    int varint() {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            need(1);
            byte next = bytes.get();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new Malformed("a number of more than five bytes");
    }

    /// Skips tagged fields, except that the one numbered `wanted` is handed to `take`.
    void taggedFields(int wanted, Consumer<FieldReader> take) {
        int count = varint();
        for (int index = 0; index < count; index++) {
            int tag = varint();
            ByteBuffer field = ByteBuffer.wrap(raw(varint()));
            if (tag == wanted) {
                take.accept(new FieldReader(field));
            }
        }
    }

    void skipTaggedFields() {
        taggedFields(-1, field -> {});
    }

    private int plausible(int length) {
        if (length < 0 || length > bytes.remaining()) {
            throw new Malformed("an array of " + length + " elements in " + bytes.remaining() + " bytes");
        }
        return length;
    }

    private String text(int length) {
        return new String(raw(length), StandardCharsets.UTF_8);
    }

    private byte[] raw(int length) {
        need(length);
        byte[] value = new byte[length];
        bytes.get(value);
        return value;
    }

    private void need(int length) {
        if (length < 0 || length > bytes.remaining()) {
            throw new Malformed(length + " bytes wanted, " + bytes.remaining() + " there");
        }
    }
}
