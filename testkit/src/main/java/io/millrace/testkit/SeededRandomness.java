package io.millrace.testkit;

import io.millrace.model.Randomness;
import java.util.List;

/// Chance that a seed repeats exactly, on every machine and every JDK: SplitMix64, written out so that an old seed
/// keeps its meaning.
///
/// Owned by: the thread of the test that uses it.
public final class SeededRandomness implements Randomness {
    private static final long GOLDEN_GAMMA = 0x9E37_79B9_7F4A_7C15L;

    private final long seed;
    private long state;

    public SeededRandomness(long seed) {
        this.seed = seed;
        this.state = seed;
    }

    /// What this randomness started from.
    public long seed() {
        return seed;
    }

    @Override
    public long nextLong() {
        state += GOLDEN_GAMMA;
        long mixed = (state ^ (state >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ (mixed >>> 31);
    }

    @Override
    public int nextInt(int boundExclusive) {
        if (boundExclusive <= 0) {
            throw new IllegalArgumentException("bound " + boundExclusive + " must be positive");
        }
        // The high word of a 32 x 32 bit product: uniform to within 2^-32 of each value, enough for tests.
        return (int) (((nextLong() >>> 32) * boundExclusive) >>> 32);
    }

    @Override
    public boolean nextBoolean() {
        return nextLong() < 0;
    }

    @Override
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    @Override
    public void nextBytes(byte[] target) {
        for (int i = 0; i < target.length; i++) {
            target[i] = (byte) (nextLong() >>> 56);
        }
    }

    /// A value from `min` to `max`, both included.
    public int between(int min, int max) {
        if (min > max) {
            throw new IllegalArgumentException("no value from " + min + " to " + max);
        }
        long count = (long) max - min + 1;
        return (int) (min + (((nextLong() >>> 32) * count) >>> 32));
    }

    /// True about once in `count` draws.
    public boolean onceIn(int count) {
        return nextInt(count) == 0;
    }

    /// One of `choices`, each as likely as the others.
    public <T> T pick(List<T> choices) {
        return choices.get(nextInt(choices.size()));
    }

    /// `size` fresh random bytes.
    public byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        nextBytes(bytes);
        return bytes;
    }
}
