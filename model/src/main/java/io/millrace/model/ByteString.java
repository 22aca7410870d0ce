package io.millrace.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Bytes that never change and are compared by content: what protocols call a string and nobody promised to be text.
public final class ByteString {
    public static final ByteString EMPTY = new ByteString(new byte[0]);

    private final byte[] bytes;

    private ByteString(byte[] bytes) {
        this.bytes = bytes;
    }

    /// A copy of `bytes`.
    public static ByteString of(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new ByteString(bytes.clone());
    }

    /// The bytes of `text` in UTF-8.
    public static ByteString utf8(String text) {
        return text.isEmpty() ? EMPTY : new ByteString(text.getBytes(StandardCharsets.UTF_8));
    }

    public byte[] toByteArray() {
        return bytes.clone();
    }

    /// The text these bytes are in UTF-8; what is none becomes U+FFFD.
    public String asUtf8() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ByteString that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(TextHash.of(bytes));
    }

    @Override
    public String toString() {
        return asUtf8();
    }
}
