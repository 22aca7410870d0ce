package io.millrace.server.http;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

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

    /// @param disksTakeRecords whether every disk takes writes; asked from any thread, answers at once
    public Health(BooleanSupplier disksTakeRecords) {
        this.disksTakeRecords = disksTakeRecords;
    }

    public void become(Phase next) {
        phase.updateAndGet(now -> now == Phase.FAILED ? now : next);
    }

    /// Why no traffic is wanted; empty when it is.
    String reason() {
        Phase now = phase.get();
        return now == Phase.READY && !disksTakeRecords.getAsBoolean() ? DISK_REFUSES : now.reason();
    }
}
