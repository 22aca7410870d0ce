package io.millrace.server.http;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/// Whether the node wants traffic, for load balancers and orchestrators.
///
/// May be called from any thread. A node that failed never becomes ready again.
public final class Health {
    /// Where in its life the node is.
    public enum Phase {
        STARTING("the node is starting"),
        READY(""),
        DRAINING("the node is stopping"),
        FAILED("the node can not use its metadata any more and stops");

        private final String reason;

        Phase(String reason) {
            this.reason = reason;
        }

        /// Why no traffic is wanted; empty when it is.
        String reason() {
            return reason;
        }
    }

    private static final String DISK_REFUSES = "a disk is full or refuses writes: records are served but not taken";

    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.STARTING);
    private final BooleanSupplier disksTakeRecords;
    private final IntSupplier damagedLogs;

    /// Both are asked from any thread and answer at once.
    ///
    /// @param disksTakeRecords whether every disk takes writes
    /// @param damagedLogs how many logs are known to be damaged
    public Health(BooleanSupplier disksTakeRecords, IntSupplier damagedLogs) {
        this.disksTakeRecords = disksTakeRecords;
        this.damagedLogs = damagedLogs;
    }

    public void become(Phase next) {
        phase.updateAndGet(now -> now == Phase.FAILED ? now : next);
    }

    /// What is wrong with single logs is no reason to send clients elsewhere.
    int damagedLogs() {
        return damagedLogs.getAsInt();
    }

    /// Why no traffic is wanted; empty when it is.
    String reason() {
        Phase now = phase.get();
        return now == Phase.READY && !disksTakeRecords.getAsBoolean() ? DISK_REFUSES : now.reason();
    }
}
