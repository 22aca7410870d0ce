package io.millrace.server;

import io.millrace.amqp.session.AmqpOutput;
import io.millrace.amqp.session.AmqpSession;
import io.millrace.server.amqp.NodeAmqp;
import io.millrace.server.config.Endpoint;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.config.TlsConfig;
import io.millrace.server.loop.EventLoop;
import io.millrace.server.metrics.Metrics;
import io.millrace.server.net.AmqpEnds;
import io.millrace.server.net.AmqpListener;
import io.millrace.server.net.AmqpSessions;
import io.millrace.server.net.ConnectionLimits;
import io.millrace.server.net.ListenAddress;
import io.millrace.server.net.NetworkLoops;
import io.millrace.server.net.TlsFiles;
import io.millrace.server.net.UnsentBytes;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The node's AMQP ports, without TLS and with it: taken early, opened when there is something to serve; nothing when
/// the listeners are off.
///
/// Owned by: the thread that starts and stops the node.
final class AmqpDoor {
    /// Of as much memory as the heap has, for what sockets have not taken.
    private static final int UNSENT_SHARE = 8;

    private final List<AmqpListener> listeners = new ArrayList<>();
    private final UnsentBytes unsent = new UnsentBytes(Runtime.getRuntime().maxMemory() / UNSENT_SHARE);
    private final Optional<InetSocketAddress> address;
    private final Optional<InetSocketAddress> tlsAddress;

    /// Made after the ports were taken, before the first connection is accepted.
    private volatile @Nullable NodeAmqp sessions;

    private AmqpDoor(NetworkLoops loops, ConnectionLimits limits, ServerConfig config) throws IOException {
        this.address = open(loops, limits, config, config.listeners().amqp(), Optional.empty());
        Endpoint withTls = config.listeners().amqps();
        this.tlsAddress = withTls.isOff()
                ? Optional.empty()
                : open(loops, limits, config, withTls, Optional.of(tls(config.tls())));
    }

    private static SslContext tls(TlsConfig files) throws IOException {
        return TlsFiles.read(files.certificateFile(), files.keyFile(), files.clientCaFile());
    }

    private Optional<InetSocketAddress> open(
            NetworkLoops loops, ConnectionLimits limits, ServerConfig config, Endpoint wanted, Optional<SslContext> tls)
            throws IOException {
        if (wanted.isOff()) {
            return Optional.empty();
        }
        AmqpListener listener = new AmqpListener(loops, limits, unsent, tls, new Sessions());
        InetSocketAddress bound = listener.bind(
                ListenAddress.of(wanted.host(), wanted.port()), config.network().backlog());
        listeners.add(listener);
        return Optional.of(bound);
    }

    /// Those of the node, which are made later than the ports are taken.
    private final class Sessions implements AmqpSessions {
        @Override
        public AmqpSession open(EventLoop loop, AmqpEnds ends, AmqpOutput output) {
            return served().open(loop, ends, output);
        }

        @Override
        public void closed(EventLoop loop, AmqpSession session) {
            served().closed(loop, session);
        }

        private NodeAmqp served() {
            return Objects.requireNonNull(sessions, "accepted too early");
        }
    }

    /// Takes the ports.
    static AmqpDoor bind(NetworkLoops loops, ConnectionLimits limits, ServerConfig config) throws IOException {
        return new AmqpDoor(loops, limits, config);
    }

    /// Empty when the listener is off.
    Optional<InetSocketAddress> address() {
        return address;
    }

    /// That with TLS; empty when it is off.
    Optional<InetSocketAddress> tlsAddress() {
        return tlsAddress;
    }

    /// Serves whoever connects.
    void accept(NodeAmqp served, Metrics metrics) throws IOException {
        sessions = served;
        if (listeners.isEmpty()) {
            return;
        }
        metrics.gauge(
                "amqp_connections",
                "AMQP connections open",
                () -> listeners.stream().mapToInt(AmqpListener::connections).sum());
        metrics.counter(
                "amqp_connections_refused",
                "AMQP connections closed at once because there were too many",
                () -> listeners.stream()
                        .mapToLong(AmqpListener::connectionsRefused)
                        .sum());
        metrics.gauge("amqp_unsent_bytes", "What clients of AMQP have not taken yet", unsent::bytes);
        metrics.gauge("amqp_published_bytes", "Messages that are arriving or not yet stored", served::publishedBytes);
        metrics.gauge("queue_memory_bytes", "Memory held by messages of queues", served::queueMemoryBytes);
        metrics.gauge("queue_transit_bytes", "Memory held by messages between nodes", served::transitBytes);
        metrics.gauge("queue_cache_bytes", "Memory held by messages that are in logs", served::queueCacheBytes);
        metrics.gauge("memory_alarms", "Nodes for whose memory publishers wait", served::memoryAlarms);
        metrics.gauge("disk_alarms", "Nodes for whose disks publishers wait", served::diskAlarms);
        metrics.counter(
                "queue_messages_lost",
                "Messages that can not be read any more because their log is damaged",
                served::queueMessagesLost);
        metrics.counter(
                "queue_letters_dropped",
                "Dead letters and delayed messages that a topic could never take",
                served::lettersDropped);
        metrics.gauge(
                "queue_letters_waiting",
                "Dead letters and delayed messages that were not taken and are sent again",
                served::lettersWaiting);
        metrics.counter(
                "duplicates_dropped",
                "Messages that queues and exchanges dropped because they had one of the same x-deduplication-header",
                served::duplicates);
        metrics.gauge("deduplication_values", "Values that exchanges remember to know duplicates", served::valuesSeen);
        metrics.counter(
                "stream_offsets_skipped",
                "Offsets that consumers of streams pass over because the log is damaged there",
                served::streamOffsetsSkipped);
        for (AmqpListener listener : listeners) {
            listener.accept();
        }
    }

    void stop(long drainMs) throws InterruptedException {
        listeners.forEach(AmqpListener::stopAccepting);
        for (AmqpListener listener : listeners) {
            listener.closeConnections(drainMs);
        }
        NodeAmqp serving = sessions;
        if (serving != null) {
            serving.stop();
        }
    }
}
