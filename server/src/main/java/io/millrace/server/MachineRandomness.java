package io.millrace.server;

import io.millrace.model.Randomness;
import java.security.SecureRandom;

/// The machine's own chance, unpredictable from outside. May be called from any thread.
public final class MachineRandomness implements Randomness {
    private final SecureRandom source = new SecureRandom();

    @Override
    public long nextLong() {
        return source.nextLong();
    }

    @Override
    public int nextInt(int boundExclusive) {
        return source.nextInt(boundExclusive);
    }

    @Override
    public boolean nextBoolean() {
        return source.nextBoolean();
    }

    @Override
    public double nextDouble() {
        return source.nextDouble();
    }

    @Override
    public void nextBytes(byte[] target) {
        source.nextBytes(target);
    }
}
