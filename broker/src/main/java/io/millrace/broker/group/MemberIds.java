package io.millrace.broker.group;

import io.millrace.model.Randomness;

/// Draws the random part of member ids: a type 4 UUID in its usual spelling, which is what Kafka hands out.
final class MemberIds {
    private final Randomness randomness;

    MemberIds(Randomness randomness) {
        this.randomness = randomness;
    }

    String next() {
        long high = (randomness.nextLong() & 0xffffffffffff0fffL) | 0x0000000000004000L;
        long low = (randomness.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        StringBuilder text = new StringBuilder(36);
        hex(text, high, 60, 8).append('-');
        hex(text, high, 28, 4).append('-');
        hex(text, high, 12, 4).append('-');
        hex(text, low, 60, 4).append('-');
        return hex(text, low, 44, 12).toString();
    }

    private static StringBuilder hex(StringBuilder text, long bits, int firstShift, int digits) {
        for (int digit = 0; digit < digits; digit++) {
            text.append(Character.forDigit((int) (bits >>> (firstShift - 4 * digit)) & 0xf, 16));
        }
        return text;
    }
}
