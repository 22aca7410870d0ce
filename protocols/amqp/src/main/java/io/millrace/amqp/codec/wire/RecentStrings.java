package io.millrace.amqp.codec.wire;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Short strings that were decoded lately: publishers name the same few exchanges and routing keys in every method.
///
/// Owned by: a [WireReader]. It holds a fixed number of strings; a new one takes the place of an old one with the same
/// hash.
final class RecentStrings {
    private static final int SLOTS = 64;

    /// Longer ones are rarely repeated, and would be held for nothing.
    private static final int LENGTH_MAX = 64;

    private final byte[] @Nullable [] octets = new byte[SLOTS][];
    private final @Nullable String[] texts = new String[SLOTS];

    String decode(byte[] bytes, int length) {
        if (length == 0) {
            return "";
        }
        if (length > LENGTH_MAX) {
            return ShortStrings.decode(bytes, 0, length);
        }
        int slot = slot(bytes, length);
        byte[] known = octets[slot];
        String text = texts[slot];
        if (known != null && text != null && Arrays.equals(known, 0, known.length, bytes, 0, length)) {
            return text;
        }
        String decoded = ShortStrings.decode(bytes, 0, length);
        octets[slot] = Arrays.copyOf(bytes, length);
        texts[slot] = decoded;
        return decoded;
    }

    private static int slot(byte[] bytes, int length) {
        int hash = length;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + bytes[i];
        }
        return (hash ^ (hash >>> 16)) & (SLOTS - 1);
    }
}
