package io.millrace.server;

import io.millrace.server.amqp.NodeAmqp;
import io.millrace.server.config.Endpoint;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.metrics.Metrics;
import io.millrace.server.net.AmqpListener;
import io.millrace.server.net.ConnectionLimits;
import io.millrace.server.net.ListenAddress;
import io.millrace.server.net.NetworkLoops;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The node's AMQP port: taken early, opened when there is something to serve; nothing when the listener is off.
///
/// Owned by: the thread that starts and stops the node.
final class AmqpDoor {
    private final @Nullable AmqpListener listener;
    private final Optional<InetSocketAddress> address;

    /// Made after the port was taken, before the first connection is accepted.
    private volatile @Nullable NodeAmqp sessions;

    private AmqpDoor(NetworkLoops loops, ConnectionLimits limits, ServerConfig config) throws IOException {
        Endpoint wanted = config.listeners().amqp();
        if (wanted.isOff()) {
            this.listener = null;
            this.address = Optional.empty();
            return;
        }
        AmqpListener bound = new AmqpListener(
                loops,
                limits,
                (loop, remote, output) ->
                        Objects.requireNonNull(sessions, "accepted too early").open(loop, remote, output));
        this.listener = bound;
        this.address = Optional.of(bound.bind(
                ListenAddress.of(wanted.host(), wanted.port()), config.network().backlog()));
    }

    /// Takes the port.
    static AmqpDoor bind(NetworkLoops loops, ConnectionLimits limits, ServerConfig config) throws IOException {
        return new AmqpDoor(loops, limits, config);
    }

    /// Empty when the listener is off.
    Optional<InetSocketAddress> address() {
        return address;
    }

    /// Serves whoever connects.
    void accept(NodeAmqp served, Metrics metrics) {
        sessions = served;
        AmqpListener open = listener;
        if (open != null) {
            metrics.gauge("amqp_connections", "AMQP connections open", open::connections);
            metrics.counter(
                    "amqp_connections_refused",
                    "AMQP connections closed at once because there were too many",
                    open::connectionsRefused);
            metrics.gauge("queue_memory_bytes", "Memory held by messages of queues", served::queueMemoryBytes);
            metrics.gauge("queue_cache_bytes", "Memory held by messages that are in logs", served::queueCacheBytes);
            metrics.counter(
                    "queue_messages_lost",
                    "Messages that can not be read any more because their log is damaged",
                    served::queueMessagesLost);
            open.accept();
        }
    }

    void stop(long drainMs) throws InterruptedException {
        AmqpListener open = listener;
        if (open != null) {
            open.stopAccepting();
            open.closeConnections(drainMs);
        }
        NodeAmqp serving = sessions;
        if (serving != null) {
            serving.stop();
        }
    }
}
