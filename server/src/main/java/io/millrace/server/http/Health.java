package io.millrace.server.http;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

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
    private final AtomicReference<String> waitsFor = new AtomicReference<>("");
    private final AtomicReference<Watched> watched = new AtomicReference<>(new Watched(() -> true, () -> 0, () -> ""));

    /// What a node that could serve may be kept from it by. Asked from any thread, answers at once.
    private record Watched(BooleanSupplier disksTakeRecords, IntSupplier damagedLogs, Supplier<String> noMajority) {}

    /// @param disksTakeRecords whether every disk takes writes
    /// @param damagedLogs how many logs are known to be damaged
    /// @param noMajority why nothing can be decided in the cluster; empty when it can
    public void watch(BooleanSupplier disksTakeRecords, IntSupplier damagedLogs, Supplier<String> noMajority) {
        watched.set(new Watched(disksTakeRecords, damagedLogs, noMajority));
    }

    /// What a node that starts is waiting for.
    public void waitsFor(String what) {
        waitsFor.set(what);
    }

    public void become(Phase next) {
        phase.updateAndGet(now -> now == Phase.FAILED ? now : next);
    }

    /// What is wrong with single logs is no reason to send clients elsewhere.
    int damagedLogs() {
        return watched.get().damagedLogs().getAsInt();
    }

    /// Why no traffic is wanted; empty when it is.
    public String reason() {
        Phase now = phase.get();
        return switch (now) {
            case STARTING -> starting();
            case READY -> doubt();
            case DRAINING, FAILED -> now.reason();
        };
    }

    private String starting() {
        String noMajority = watched.get().noMajority().get();
        String why = noMajority.isEmpty() ? waitsFor.get() : noMajority;
        return Phase.STARTING.reason() + (why.isEmpty() ? "" : ": " + why);
    }

    private String doubt() {
        String noMajority = watched.get().noMajority().get();
        if (!noMajority.isEmpty()) {
            return noMajority;
        }
        return watched.get().disksTakeRecords().getAsBoolean() ? "" : DISK_REFUSES;
    }
}
