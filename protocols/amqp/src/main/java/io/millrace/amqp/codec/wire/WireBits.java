package io.millrace.amqp.codec.wire;

/// Consecutive bits of a method, packed into one octet, the first into the lowest (section 4.2.5.2).
public final class WireBits {
    private WireBits() {}

    public static int of(boolean first) {
        return first ? 1 : 0;
    }

    public static int of(boolean first, boolean second) {
        return of(first) | of(second) << 1;
    }

    public static int of(boolean first, boolean second, boolean third) {
        return of(first, second) | of(third) << 2;
    }

    public static int of(boolean first, boolean second, boolean third, boolean fourth) {
        return of(first, second, third) | of(fourth) << 3;
    }

    public static int of(boolean first, boolean second, boolean third, boolean fourth, boolean fifth) {
        return of(first, second, third, fourth) | of(fifth) << 4;
    }
}
