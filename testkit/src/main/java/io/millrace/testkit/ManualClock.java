package io.millrace.testkit;

import io.millrace.model.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// Time that passes only when a test says so. The wall clock can also jump, as real ones do.
///
/// May be read and moved from any thread.
public final class ManualClock implements Clock {
    private final AtomicLong wallMs;
    private final AtomicLong monotonicNs = new AtomicLong();

    /// A clock that shows some ordinary day in 2026.
    public ManualClock() {
        this(1_790_000_000_000L);
    }

    public ManualClock(long wallMs) {
        this.wallMs = new AtomicLong(wallMs);
    }

    @Override
    public long wallMs() {
        return wallMs.get();
    }

    @Override
    public long monotonicNs() {
        return monotonicNs.get();
    }

    /// Lets time pass, on both clocks. The wall clock counts whole milliseconds of `passed`.
    public void advance(Duration passed) {
        if (passed.isNegative()) {
            throw new IllegalArgumentException("time does not pass backwards: " + passed);
        }
        long beforeNs = monotonicNs.getAndAdd(passed.toNanos());
        wallMs.addAndGet((beforeNs + passed.toNanos()) / 1_000_000 - beforeNs / 1_000_000);
    }

    public void advanceMs(long passedMs) {
        advance(Duration.ofMillis(passedMs));
    }

    /// Sets the wall clock, in either direction, while monotonic time stands still.
    public void jumpWallTo(long wallMs) {
        this.wallMs.set(wallMs);
    }
}
