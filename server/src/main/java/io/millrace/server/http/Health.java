package io.millrace.server.http;

import java.util.concurrent.atomic.AtomicReference;

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

    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.STARTING);

    public void become(Phase next) {
        phase.updateAndGet(now -> now == Phase.FAILED ? now : next);
    }

    Phase phase() {
        return phase.get();
    }
}
