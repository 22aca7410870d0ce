package io.millrace.model;

/// The port for time. Production reads the machine's clocks; the simulator and tests hand out virtual time.
public interface Clock {
    /// Wall-clock time in milliseconds since the epoch. May jump in either direction: use it for timestamps that are
    /// stored or shown, never to measure how long something took.
    long wallMs();

    /// Monotonic time in nanoseconds from an arbitrary origin: for deadlines and durations.
    long monotonicNs();

    /// Monotonic time in milliseconds, for deadlines that need no finer grain.
    default long monotonicMs() {
        return monotonicNs() / 1_000_000;
    }
}
