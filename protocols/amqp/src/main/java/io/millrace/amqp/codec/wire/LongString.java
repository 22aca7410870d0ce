package io.millrace.amqp.codec.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A long string: octets of any value, most often text. Immutable.
public final class LongString {
    private final byte[] octets;

    private LongString(byte[] octets) {
        this.octets = octets;
    }

    public static LongString of(String text) {
        return new LongString(text.getBytes(StandardCharsets.UTF_8));
    }

    public static LongString of(byte[] octets) {
        return new LongString(octets.clone());
    }

    /// Without a copy: the array must never change again.
    static LongString owning(byte[] octets) {
        return new LongString(octets);
    }

    public int size() {
        return octets.length;
    }

    public byte[] octets() {
        return octets.clone();
    }

    public void writeTo(ByteBuf out) {
        out.writeInt(octets.length);
        out.writeBytes(octets);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LongString that && Arrays.equals(octets, that.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    /// The octets as UTF-8, with replacement characters where they are none.
    @Override
    public String toString() {
        return new String(octets, StandardCharsets.UTF_8);
    }
}
