package io.millrace.broker.group;

import java.util.Arrays;

/// Bytes that only the members of a group understand: a subscription or an assignment. Never changed once wrapped, which is
/// why they are not copied; compared by content.
///
/// @param bytes owned by this value
public record Opaque(byte[] bytes) {
    public static final Opaque EMPTY = new Opaque(new byte[0]);

    public int size() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Opaque opaque && Arrays.equals(bytes, opaque.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "Opaque[" + bytes.length + " bytes]";
    }
}
