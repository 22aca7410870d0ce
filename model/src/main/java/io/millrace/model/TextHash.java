package io.millrace.model;

/// A 64-bit hash of text. Part of where messages go (consistent-hash exchanges): it must give the same on every node
/// and in every version.
public final class TextHash {
    private static final long START = 0xCBF2_9CE4_8422_2325L;
    private static final long STEP = 0x100_0000_01B3L;

    private TextHash() {}

    /// FNV-1a over the characters, finished as SplitMix64 does.
    public static long of(String text) {
        long hash = START;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * STEP;
        }
        return mixed(hash);
    }

    /// The same over bytes.
    static long of(byte[] bytes) {
        long hash = START;
        for (byte each : bytes) {
            hash = (hash ^ (each & 0xff)) * STEP;
        }
        return mixed(hash);
    }

    /// Bits that depend on all bits of `hash`.
    public static long mixed(long hash) {
        long mixed = (hash ^ (hash >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ (mixed >>> 31);
    }
}
