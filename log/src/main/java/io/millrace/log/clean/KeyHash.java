package io.millrace.log.clean;

import java.nio.ByteBuffer;

/// A 128-bit fingerprint of a record's key: SipHash-2-4 with the 128-bit output (Aumasson and Bernstein, 2012), keyed.
///
/// Compaction trusts it: two keys with the same fingerprint would be taken for one, and the older of their records
/// dropped. With 128 bits that takes, for a billion keys in one round, a chance of 10^18 / 2^129, about 10^-21: less
/// than the memory's own error rate. It can not be forced either: SipHash is a keyed function, and the key is drawn
/// anew by every process, so a producer can not craft a key that collides with somebody else's, which it could with an
/// unkeyed hash (Kafka takes MD5).
///
/// Owned by: one run at a time. Holds the last fingerprint in two fields instead of allocating.
final class KeyHash {
    private final long seed0;
    private final long seed1;
    private long v0;
    private long v1;
    private long v2;
    private long v3;
    private long high;
    private long low;

    KeyHash(long seed0, long seed1) {
        this.seed0 = seed0;
        this.seed1 = seed1;
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }

    /// Fingerprints the bytes from the buffer's position to its limit, which stay as they are.
    void of(ByteBuffer key) {
        v0 = seed0 ^ 0x736f6d6570736575L;
        v1 = seed1 ^ 0x646f72616e646f6dL ^ 0xee;
        v2 = seed0 ^ 0x6c7967656e657261L;
        v3 = seed1 ^ 0x7465646279746573L;
        int at = key.position();
        int end = key.limit();
        while (end - at >= Long.BYTES) {
            absorb(Long.reverseBytes(key.getLong(at)));
            at += Long.BYTES;
        }
        long last = (long) key.remaining() << 56;
        for (int shift = 0; at < end; shift += Byte.SIZE) {
            last |= (key.get(at++) & 0xFFL) << shift;
        }
        absorb(last);
        v2 ^= 0xee;
        rounds(4);
        low = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= 0xdd;
        rounds(4);
        high = v0 ^ v1 ^ v2 ^ v3;
    }

    private void absorb(long word) {
        v3 ^= word;
        rounds(2);
        v0 ^= word;
    }

    private void rounds(int count) {
        for (int i = 0; i < count; i++) {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
    }
}
