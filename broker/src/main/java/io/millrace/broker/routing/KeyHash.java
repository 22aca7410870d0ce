package io.millrace.broker.routing;

/// A 64-bit hash of text for exchanges that spread by one. Part of where messages go: it must give the same on every
/// node and in every version.
final class KeyHash {
    private KeyHash() {}

    /// FNV-1a over the characters, finished as SplitMix64 does.
    static long of(String text) {
        long hash = 0xCBF2_9CE4_8422_2325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100_0000_01B3L;
        }
        return mixed(hash);
    }

    /// Bits that depend on all bits of `hash`.
    static long mixed(long hash) {
        long mixed = (hash ^ (hash >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ (mixed >>> 31);
    }
}
