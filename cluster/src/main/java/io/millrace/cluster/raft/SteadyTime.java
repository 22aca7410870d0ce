package io.millrace.cluster.raft;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.kafka.common.utils.Time;

/// The engine's time: what the wall clock said when the process began, and what has been measured since. The engine
/// waits for points in time. On a wall clock that is set back by an hour it would notice only after that hour that its
/// leader is gone; on one that is set forward it would give up a leader it heard a moment ago.
///
/// The price: what the engine writes into its log as the time of a batch does not follow a clock that is corrected
/// while the process runs. Nobody decides anything by it.
final class SteadyTime implements Time {
    /// Of this process.
    static final Time OF_PROCESS = new SteadyTime(System.currentTimeMillis(), System::nanoTime);

    private final long beganMs;
    private final long beganNs;
    private final LongSupplier monotonicNs;

    /// @param nowMs what the wall clock says
    SteadyTime(long nowMs, LongSupplier monotonicNs) {
        this.beganMs = nowMs;
        this.beganNs = monotonicNs.getAsLong();
        this.monotonicNs = monotonicNs;
    }

    @Override
    public long milliseconds() {
        return beganMs + TimeUnit.NANOSECONDS.toMillis(nanoseconds() - beganNs);
    }

    @Override
    public long nanoseconds() {
        return monotonicNs.getAsLong();
    }

    @Override
    public void sleep(long ms) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ms));
    }
}
