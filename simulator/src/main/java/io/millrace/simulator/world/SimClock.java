package io.millrace.simulator.world;

import io.millrace.model.Clock;

/// The clocks of one machine: the wall clock may be wrong and jump, the monotonic one has an origin of its own in every
/// life and never falls.
///
/// Owned by: the thread of the simulation.
public final class SimClock implements Clock {
    /// The day on which all simulations begin, for clients whose clocks are right.
    public static final long SOME_DAY_MS = 1_790_000_000_000L;

    private final World world;
    private long wallOffsetMs;
    private long monotonicOriginNs;

    public SimClock(World world) {
        this.world = world;
    }

    @Override
    public long wallMs() {
        return SOME_DAY_MS + wallOffsetMs + world.nowMs();
    }

    @Override
    public long monotonicNs() {
        return world.nowNs() + monotonicOriginNs;
    }

    /// Somebody sets the wall clock, more or less right.
    public void setWrongBy(long ms) {
        wallOffsetMs = ms;
    }

    /// A process began: its monotonic clock starts wherever it likes.
    public void restart(long originNs) {
        monotonicOriginNs = originNs;
    }
}
