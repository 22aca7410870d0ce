package io.millrace.log.clean;

import io.millrace.model.InvariantViolation;
import java.nio.ByteBuffer;

/// Key to the offset of its last record, in bounded memory: an open-addressed table of fingerprints, 24 bytes a slot.
/// It begins small and doubles up to the limit, so that cleaning a small topic costs little; a full map only means that
/// a round cleans less.
///
/// Owned by: one run at a time; a node has one and shares it, run after run. Invariant: never more than nine tenths
/// full.
public final class OffsetMap {
    /// Default memory of a node's map: room for about 600,000 keys a round.
    public static final int BYTES_MAX = 16 << 20;

    static final long NONE = -1;

    private static final int WORDS = 3;
    private static final int INITIAL_SLOTS = 1024;

    private final KeyHash hash;
    private final int slotsMax;
    private long[] table = new long[0];
    private int slots;
    private int size;

    /// @param bytesMax memory the table may take
    /// @param seed0 chance, half of the hash's secret
    /// @param seed1 chance, the other half
    public OffsetMap(int bytesMax, long seed0, long seed1) {
        this.hash = new KeyHash(seed0, seed1);
        this.slotsMax = Math.max(16, bytesMax / (WORDS * Long.BYTES));
    }

    /// Notes the last offset of a key; false, and nothing noted, when the map is full.
    boolean put(ByteBuffer key, long offset) {
        hash.of(key);
        int slot = slots == 0 ? -1 : find();
        if (slot < 0 || table[slot + 2] == 0) {
            if (size >= usable(slots)) {
                if (!grow()) {
                    return false;
                }
                slot = find();
            }
            size++;
        }
        table[slot] = hash.high();
        table[slot + 1] = hash.low();
        // Zero says "free", so offsets are kept plus one.
        table[slot + 2] = offset + 1;
        return true;
    }

    /// The key's last offset, or [#NONE].
    long get(ByteBuffer key) {
        if (size == 0) {
            return NONE;
        }
        hash.of(key);
        return table[find() + 2] - 1;
    }

    int size() {
        return size;
    }

    /// Forgets everything and lets the memory go.
    void clear() {
        table = new long[0];
        slots = 0;
        size = 0;
    }

    /// First word of the slot that holds the current fingerprint, or of the free one it belongs into.
    private int find() {
        return find(table, slots, hash.high(), hash.low());
    }

    private static int find(long[] table, int slots, long high, long low) {
        int slot = (int) Long.remainderUnsigned(low, slots);
        for (int probe = 0; probe < slots; probe++) {
            int at = slot * WORDS;
            if (table[at + 2] == 0 || table[at] == high && table[at + 1] == low) {
                return at;
            }
            slot = slot + 1 == slots ? 0 : slot + 1;
        }
        throw new InvariantViolation("offset map without a free slot");
    }

    private boolean grow() {
        if (slots == slotsMax) {
            return false;
        }
        int wider = slots == 0 ? Math.min(INITIAL_SLOTS, slotsMax) : (int) Math.min(slots * 2L, slotsMax);
        long[] moved = new long[wider * WORDS];
        for (int at = 0; at < table.length; at += WORDS) {
            if (table[at + 2] != 0) {
                System.arraycopy(table, at, moved, find(moved, wider, table[at], table[at + 1]), WORDS);
            }
        }
        table = moved;
        slots = wider;
        return true;
    }

    private static int usable(int slots) {
        return (int) (slots * 9L / 10);
    }
}
