package io.millrace.server.http;

/// Whether the node wants traffic, for load balancers and orchestrators.
///
/// Owned by: the thread that starts and stops the node, which alone changes it; read by the HTTP loop.
public final class Health {
    /// Where in its life the node is.
    public enum Phase {
        STARTING("the node is starting"),
        READY(""),
        DRAINING("the node is stopping");

        private final String reason;

        Phase(String reason) {
            this.reason = reason;
        }

        /// Why no traffic is wanted; empty when it is.
        String reason() {
            return reason;
        }
    }

    private volatile Phase phase = Phase.STARTING;

    public void become(Phase next) {
        phase = next;
    }

    Phase phase() {
        return phase;
    }
}
