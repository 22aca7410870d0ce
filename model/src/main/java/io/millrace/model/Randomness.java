package io.millrace.model;

/// The port for chance. Production draws from a secure or seeded source; tests replay a seed.
public interface Randomness {
    long nextLong();

    /// A value from 0 to `boundExclusive - 1`.
    int nextInt(int boundExclusive);

    boolean nextBoolean();

    /// A value from 0 (included) to 1 (excluded).
    double nextDouble();

    void nextBytes(byte[] target);
}
