package io.millrace.server;

import io.millrace.broker.group.GroupCoordinator;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.quota.QuotaLimits;
import io.millrace.broker.quota.Quotas;
import io.millrace.cluster.LocalCluster;
import io.millrace.kafka.KafkaProtocol;
import io.millrace.kafka.session.GroupApis;
import io.millrace.kafka.session.KafkaPorts;
import io.millrace.kafka.session.KafkaSession;
import io.millrace.kafka.session.Output;
import io.millrace.kafka.session.Peer;
import io.millrace.model.Clock;
import io.millrace.model.Principal;
import io.millrace.model.Randomness;
import io.millrace.server.config.Endpoint;
import io.millrace.server.config.QuotasConfig;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.loop.EventLoop;
import io.millrace.server.metrics.Metrics;
import io.millrace.server.net.KafkaListener;
import io.millrace.server.net.ListenAddress;
import io.millrace.server.net.NetworkLoops;
import io.millrace.server.net.SharedQuotas;
import io.millrace.server.peer.GoneNodes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/// The node's Kafka port: taken early, opened when there is something to serve.
///
/// Owned by: the thread that starts and stops the node; connections are opened on their loops.
final class KafkaDoor {
    static final String LISTENER = "kafka";

    private final ServerConfig config;
    private final Clock clock;
    private final Metrics metrics;
    private final KafkaListener listener;
    private final InetSocketAddress address;
    private final Quotas quotas;
    private final Map<EventLoop, KafkaProtocol> protocols = new LinkedHashMap<>();

    private KafkaDoor(NetworkLoops loops, ServerConfig config, Clock clock, Metrics metrics) throws IOException {
        this.config = config;
        this.clock = clock;
        this.metrics = metrics;
        var budget = loops.budget(config.network().requestBytesMax());
        this.listener = new KafkaListener(loops, NodeSettings.limits(config), budget, clock, this::open);
        Endpoint wanted = config.listeners().kafka();
        this.address = listener.bind(
                ListenAddress.of(wanted.host(), wanted.port()), config.network().backlog());
        this.quotas = quotas(config.quotas(), metrics);
        metrics.gauge("connections", "Connections open", listener::connections);
        metrics.counter(
                "connections_refused",
                "Connections closed at once because there were too many",
                listener::connectionsRefused);
        metrics.gauge("request_memory_bytes", "Memory held by requests", budget::bytesHeld);
    }

    static KafkaDoor bind(NetworkLoops loops, ServerConfig config, Clock clock, Metrics metrics) throws IOException {
        return new KafkaDoor(loops, config, clock, metrics);
    }

    InetSocketAddress address() {
        return address;
    }

    /// Where clients are told to connect.
    Endpoint advertised() throws IOException {
        Endpoint given = config.listeners().kafkaAdvertised();
        if (!given.isOff()) {
            return given;
        }
        String host = address.getAddress().isAnyLocalAddress()
                ? InetAddress.getLocalHost().getHostName()
                : address.getAddress().getHostAddress();
        return new Endpoint(host, address.getPort());
    }

    /// What connections on this loop talk to from now on. Called for every loop before any of them is accepted.
    void serve(
            EventLoop loop,
            Partitions partitions,
            LocalCluster cluster,
            GroupCoordinator groups,
            Randomness randomness) {
        protocols.put(
                loop,
                new KafkaProtocol(new KafkaPorts(
                        partitions,
                        cluster,
                        cluster,
                        cluster,
                        GroupApis.of(groups.groupsFor(loop, cluster), cluster),
                        clock,
                        randomness,
                        metrics,
                        quotas,
                        NodeSettings.kafka(config))));
    }

    private static Quotas quotas(QuotasConfig wanted, Metrics metrics) {
        if (wanted.equals(QuotasConfig.DEFAULT)) {
            return Quotas.NONE;
        }
        var shared =
                new SharedQuotas(new QuotaLimits(wanted.producerBytesPerSecond(), wanted.consumerBytesPerSecond()));
        metrics.counter("throttled_requests", "Requests whose client was over its quota", shared::throttled);
        return shared;
    }

    private KafkaSession open(EventLoop loop, InetSocketAddress remote, Output output) {
        KafkaProtocol protocol = Objects.requireNonNull(protocols.get(loop), "no protocol on this loop");
        return protocol.connect(
                new Peer(Principal.ANONYMOUS, remote.getAddress().getHostAddress(), LISTENER), output);
    }

    /// A connection by which another node fetches records.
    KafkaSession openRecords(EventLoop loop, InetSocketAddress remote, Output output) {
        KafkaProtocol protocol = Objects.requireNonNull(protocols.get(loop), "no protocol on this loop");
        return protocol.connect(
                new Peer(Principal.ANONYMOUS, remote.getAddress().getHostAddress(), GoneNodes.LISTENER), output);
    }

    void accept() throws IOException {
        listener.accept();
    }

    void stopAccepting() {
        listener.stopAccepting();
    }

    void closeConnections(long drainMs) throws InterruptedException {
        listener.closeConnections(drainMs);
    }
}
