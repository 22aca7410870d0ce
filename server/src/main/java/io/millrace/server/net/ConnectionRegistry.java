package io.millrace.server.net;

import io.millrace.model.Clock;
import io.millrace.server.loop.EventLoop;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// The connections of one event loop, and the regular look at them: idle ones are closed, paused ones may go on.
///
/// Owned by: its event loop; only [#count()] may be called from elsewhere.
final class ConnectionRegistry implements LoopConnections {
    private static final long LOOK_MS = 10;
    private static final long IDLE_LOOK_MS = 5_000;
    private static final long OVERSTAY_LOOK_MS = 1_000;

    private final EventLoop loop;
    private final Clock clock;
    private final AtomicInteger all;
    private final Set<KafkaConnection> connections = new LinkedHashSet<>();
    private boolean lookPosted;
    private boolean stopped;
    private boolean draining;

    /// @param all connections of all loops together
    ConnectionRegistry(EventLoop loop, Clock clock, AtomicInteger all) {
        this.loop = loop;
        this.clock = clock;
        this.all = all;
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public void start() {
        loop.after(IDLE_LOOK_MS, this::closeIdle);
        loop.after(OVERSTAY_LOOK_MS, this::closeOverstaying);
    }

    void opened(KafkaConnection connection) {
        connections.add(connection);
        all.incrementAndGet();
        if (draining) {
            connection.closeQuietly();
        }
    }

    void closed(KafkaConnection connection) {
        if (connections.remove(connection)) {
            all.decrementAndGet();
        }
    }

    int count() {
        return all.get();
    }

    /// Looks at paused connections again soon: memory may be given back by another loop, which tells nobody.
    void lookAgainSoon() {
        if (!lookPosted) {
            lookPosted = true;
            loop.after(LOOK_MS, this::resumePaused);
        }
    }

    private void resumePaused() {
        lookPosted = false;
        for (KafkaConnection connection : List.copyOf(connections)) {
            if (connection.isPaused()) {
                connection.work();
            }
        }
    }

    private void closeIdle() {
        if (stopped) {
            return;
        }
        long nowMs = clock.monotonicMs();
        List<KafkaConnection> idle =
                connections.stream().filter(one -> one.isIdleSince(nowMs)).toList();
        idle.forEach(KafkaConnection::closeQuietly);
        loop.after(IDLE_LOOK_MS, this::closeIdle);
    }

    private void closeOverstaying() {
        if (stopped) {
            return;
        }
        long nowMs = clock.monotonicMs();
        List.copyOf(connections).forEach(one -> one.closeIfOverstays(nowMs));
        loop.after(OVERSTAY_LOOK_MS, this::closeOverstaying);
    }

    /// Reads nothing more and closes each connection when its answers under way have left.
    ///
    /// @param whenEmpty called once no connection is left
    @Override
    public void drain(Runnable whenEmpty) {
        draining = true;
        connections.forEach(KafkaConnection::drain);
        closeDrained(whenEmpty);
    }

    private void closeDrained(Runnable whenEmpty) {
        connections.stream().filter(KafkaConnection::isDrained).toList().forEach(KafkaConnection::closeQuietly);
        if (connections.isEmpty()) {
            whenEmpty.run();
        } else if (!stopped) {
            loop.after(LOOK_MS, () -> closeDrained(whenEmpty));
        }
    }

    @Override
    public void closeAll() {
        stopped = true;
        List.copyOf(connections).forEach(KafkaConnection::closeQuietly);
    }
}
