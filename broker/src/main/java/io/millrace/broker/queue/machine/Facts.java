package io.millrace.broker.queue.machine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What is known of the messages of a chunk, one array for each thing in which they differ and none for the others.
///
/// Owned by: its chunk.
final class Facts {
    private int sameBytes;
    private int @Nullable [] bytes;
    private long @Nullable [] expiry;
    private int sameLevel;
    private byte @Nullable [] levels;
    private long @Nullable [] turns;
    private long @Nullable [] anchors;

    void put(int slot, int capacity, int messageBytes, long expiresAtMs, int level) {
        if (slot == 0) {
            startOver(messageBytes, level);
        }
        putBytes(slot, capacity, messageBytes);
        putLevel(slot, capacity, level);
        if (expiresAtMs != MessageFacts.NEVER || expiry != null) {
            expiry = filled(expiry, capacity, MessageFacts.NEVER);
            expiry[slot] = expiresAtMs;
        }
    }

    private void startOver(int messageBytes, int level) {
        sameBytes = messageBytes;
        sameLevel = level;
        bytes = null;
        levels = null;
        turns = null;
        anchors = null;
    }

    private void putBytes(int slot, int capacity, int messageBytes) {
        if (bytes != null || messageBytes != sameBytes) {
            if (bytes == null || bytes.length < capacity) {
                int[] grown = bytes == null ? new int[capacity] : Arrays.copyOf(bytes, capacity);
                if (bytes == null) {
                    Arrays.fill(grown, 0, slot, sameBytes);
                }
                bytes = grown;
            }
            bytes[slot] = messageBytes;
        }
    }

    private void putLevel(int slot, int capacity, int level) {
        if (levels != null || level != sameLevel) {
            if (levels == null || levels.length < capacity) {
                byte[] grown = levels == null ? new byte[capacity] : Arrays.copyOf(levels, capacity);
                if (levels == null) {
                    Arrays.fill(grown, 0, slot, (byte) sameLevel);
                }
                levels = grown;
            }
            levels[slot] = (byte) level;
        }
    }

    /// It was due in this turn among all that were delayed, behind the message at the anchor.
    void putTurn(int slot, int capacity, long turn, long anchor) {
        turns = filled(turns, capacity, 0);
        anchors = filled(anchors, capacity, 0);
        turns[slot] = turn;
        anchors[slot] = anchor;
    }

    private static long[] filled(long @Nullable [] values, int capacity, long filler) {
        if (values != null && values.length >= capacity) {
            return values;
        }
        long[] grown = values == null ? new long[capacity] : Arrays.copyOf(values, capacity);
        if (filler != 0) {
            Arrays.fill(grown, values == null ? 0 : values.length, capacity, filler);
        }
        return grown;
    }

    int bytes(int slot) {
        return bytes == null ? sameBytes : bytes[slot];
    }

    int level(int slot) {
        return levels == null ? sameLevel : Byte.toUnsignedInt(levels[slot]);
    }

    /// Whether the messages are of different priorities.
    boolean isMixed() {
        return levels != null;
    }

    long expiresAtMs(int slot) {
        return expiry == null ? MessageFacts.NEVER : expiry[slot];
    }

    /// Its turn among those that were delayed, from 1; 0 when its place is its offset.
    long turn(int slot) {
        return turns == null ? 0 : turns[slot];
    }

    long anchor(int slot) {
        return anchors == null ? 0 : anchors[slot];
    }

    /// Copies a message's facts to the same or another chunk's.
    void copy(int slot, Facts target, int targetSlot, int capacity) {
        target.put(targetSlot, capacity, bytes(slot), expiresAtMs(slot), level(slot));
        if (turn(slot) != 0) {
            target.putTurn(targetSlot, capacity, turn(slot), anchor(slot));
        }
    }
}
