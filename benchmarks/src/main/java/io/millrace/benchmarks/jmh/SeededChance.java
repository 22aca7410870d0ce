package io.millrace.benchmarks.jmh;

import io.millrace.model.Randomness;
import java.util.Random;

/// The same chance in every run.
///
/// Owned by: one benchmark.
final class SeededChance implements Randomness {
    private final Random random = new Random(1);

    @Override
    public long nextLong() {
        return random.nextLong();
    }

    @Override
    public int nextInt(int boundExclusive) {
        return random.nextInt(boundExclusive);
    }

    @Override
    public boolean nextBoolean() {
        return random.nextBoolean();
    }

    @Override
    public double nextDouble() {
        return random.nextDouble();
    }

    @Override
    public void nextBytes(byte[] target) {
        random.nextBytes(target);
    }
}
