package io.millrace.server.peer;

import io.millrace.model.Clock;
import io.millrace.server.net.ConnectionLimits;
import io.millrace.server.net.KafkaListener;
import io.millrace.server.net.NetworkLoops;
import java.io.IOException;
import java.net.InetSocketAddress;

/// Where other nodes connect. It has limits and a memory budget of its own, so that clients who fill theirs keep no
/// heartbeat and no vote waiting.
///
/// Owned by: start-up and shutdown.
public final class PeerListener {
    private static final int BACKLOG = 128;
    private static final long REQUEST_BYTES_MAX = 32L << 20;

    /// A few connections for each loop of each other node.
    private static final ConnectionLimits LIMITS =
            new ConnectionLimits(10_000, Integer.MAX_VALUE, 64 << 20, 600_000, 1 << 20, 1 << 19, 0);

    private final KafkaListener listener;

    public PeerListener(NetworkLoops loops, Clock clock, PeerDesks desks) {
        this.listener = new KafkaListener(
                loops,
                LIMITS,
                loops.budget(REQUEST_BYTES_MAX),
                clock,
                (loop, remote, output) -> new PeerSession(desks, loop, remote, output));
    }

    /// Takes the port and serves at once: desks say themselves when they are ready.
    ///
    /// @return the bound address
    public InetSocketAddress open(InetSocketAddress address) throws IOException {
        InetSocketAddress bound = listener.bind(address, BACKLOG);
        listener.accept();
        return bound;
    }

    /// Connections of other nodes, for metrics.
    public int connections() {
        return listener.connections();
    }

    /// Stops accepting; connections go on.
    public void stopAccepting() {
        listener.stopAccepting();
    }

    /// Closes what is left.
    public void closeConnections(long drainMs) throws InterruptedException {
        listener.closeConnections(drainMs);
    }
}
