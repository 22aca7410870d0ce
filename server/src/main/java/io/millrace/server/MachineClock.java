package io.millrace.server;

import io.millrace.model.Clock;

/// The machine's own clocks.
public final class MachineClock implements Clock {
    @Override
    public long wallMs() {
        return System.currentTimeMillis();
    }

    @Override
    public long monotonicNs() {
        return System.nanoTime();
    }
}
