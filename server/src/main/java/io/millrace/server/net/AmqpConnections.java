package io.millrace.server.net;

import io.millrace.server.loop.EventLoop;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// The AMQP connections of one event loop, and the regular look at them: heartbeats, and ends of what takes too long.
///
/// Owned by: its event loop.
final class AmqpConnections implements LoopConnections {
    private static final long TICK_MS = 500;
    private static final long DRAIN_LOOK_MS = 10;

    private final EventLoop loop;
    private final AtomicInteger all;
    private final UnsentBytes unsent;
    private final Set<AmqpConnection> connections = new LinkedHashSet<>();
    private boolean draining;
    private boolean stopped;

    /// @param all connections of all loops together
    /// @param unsent by all connections of all loops together
    AmqpConnections(EventLoop loop, AtomicInteger all, UnsentBytes unsent) {
        this.loop = loop;
        this.all = all;
        this.unsent = unsent;
    }

    UnsentBytes unsent() {
        return unsent;
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public void start() {
        loop.after(TICK_MS, this::tick);
    }

    private void tick() {
        if (!stopped) {
            loop.after(TICK_MS, this::tick);
            List.copyOf(connections).forEach(AmqpConnection::tick);
        }
    }

    void opened(AmqpConnection connection) {
        connections.add(connection);
        all.incrementAndGet();
        if (draining) {
            connection.closeNow();
        }
    }

    void closed(AmqpConnection connection) {
        if (connections.remove(connection)) {
            all.decrementAndGet();
        }
    }

    /// Tells all clients that the node stops.
    ///
    /// @param whenEmpty called once no connection is left
    @Override
    public void drain(Runnable whenEmpty) {
        draining = true;
        List.copyOf(connections).forEach(AmqpConnection::shutDown);
        awaitEmpty(whenEmpty);
    }

    private void awaitEmpty(Runnable whenEmpty) {
        if (connections.isEmpty()) {
            whenEmpty.run();
        } else if (!stopped) {
            loop.after(DRAIN_LOOK_MS, () -> awaitEmpty(whenEmpty));
        }
    }

    @Override
    public void closeAll() {
        stopped = true;
        List.copyOf(connections).forEach(AmqpConnection::closeNow);
    }
}
