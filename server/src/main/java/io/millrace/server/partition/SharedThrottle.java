package io.millrace.server.partition;

import io.millrace.cluster.replica.RateWindow;
import io.millrace.cluster.replica.Throttle;
import io.millrace.model.Clock;
import java.util.function.LongSupplier;

/// One of the node's throttles of copies, for the partitions of all loops. The lock is held for an addition or a look,
/// and only for replicas that are throttled.
///
/// May be called from any thread.
final class SharedThrottle implements Throttle {
    private final LongSupplier bytesPerSecond;
    private final Clock clock;
    private final RateWindow window = new RateWindow();
    private final Object lock = new Object();
    private long moved;

    /// @param bytesPerSecond as the metadata has it at the moment it is asked for
    SharedThrottle(LongSupplier bytesPerSecond, Clock clock) {
        this.bytesPerSecond = bytesPerSecond;
        this.clock = clock;
    }

    @Override
    public boolean isExceeded() {
        long rate = bytesPerSecond.getAsLong();
        synchronized (lock) {
            return window.exceeds(rate, clock.monotonicMs());
        }
    }

    @Override
    public void record(long bytes) {
        synchronized (lock) {
            window.record(bytes, clock.monotonicMs());
            moved += bytes;
        }
    }

    /// For metrics: everything that counted against it.
    long moved() {
        synchronized (lock) {
            return moved;
        }
    }
}
