package io.millrace.server.amqp;

import io.millrace.amqp.session.AmqpSession;
import io.millrace.amqp.session.SessionView;
import io.millrace.console.port.ClusterView;
import io.millrace.console.port.ConnectionsView;
import io.millrace.model.Clock;
import io.millrace.server.loop.EventLoop;
import io.millrace.server.net.AmqpEnds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// Who is connected to this node by AMQP. A snapshot is one pass over the sessions of each loop, at most once a second
/// and only when somebody asks; whoever asks meanwhile gets the same one.
///
/// May be called from any thread; what belongs to a loop is used on it.
final class NodeConnections implements ConnectionsView {
    private static final long AGE_MS_MAX = 1_000;

    private final String node;
    private final Clock clock;
    private final List<EventLoop> loops;
    private final Map<EventLoop, Map<AmqpSession, AmqpEnds>> byLoop = new HashMap<>();
    private final AtomicReference<Taken> newest;

    private record Taken(long atMs, CompletableFuture<Connected> connected) {}

    NodeConnections(int nodeId, List<EventLoop> loops, Clock clock) {
        this.node = ClusterView.nameOf(nodeId);
        this.clock = clock;
        this.loops = List.copyOf(loops);
        this.loops.forEach(loop -> byLoop.put(loop, new LinkedHashMap<>()));
        this.newest = new AtomicReference<>(new Taken(
                clock.monotonicMs() - AGE_MS_MAX,
                CompletableFuture.completedFuture(new Connected(List.of(), List.of(), List.of()))));
    }

    /// Called on the session's loop.
    void opened(EventLoop loop, AmqpSession session, AmqpEnds ends) {
        sessions(loop).put(session, ends);
    }

    /// Called on the session's loop.
    void closed(EventLoop loop, AmqpSession session) {
        sessions(loop).remove(session);
    }

    private Map<AmqpSession, AmqpEnds> sessions(EventLoop loop) {
        Map<AmqpSession, AmqpEnds> ofLoop = byLoop.get(loop);
        if (ofLoop == null) {
            throw new IllegalArgumentException("no loop of this node: " + loop);
        }
        return ofLoop;
    }

    @Override
    public void ask(Wanted wanted, Consumer<Connected> reply) {
        Taken known = newest.get();
        long nowMs = clock.monotonicMs();
        if (nowMs - known.atMs() >= AGE_MS_MAX) {
            Taken next = new Taken(nowMs, new CompletableFuture<>());
            if (newest.compareAndSet(known, next)) {
                takeFrom(0, new Rows(), next.connected());
            }
            known = newest.get();
        }
        known.connected().thenAccept(all -> reply.accept(wanted.of(all)));
    }

    /// From one loop to the next: only one of them has the rows at a time.
    private void takeFrom(int at, Rows rows, CompletableFuture<Connected> whole) {
        if (at == loops.size()) {
            whole.complete(new Connected(rows.connections, rows.channels, rows.consumers));
            return;
        }
        EventLoop loop = loops.get(at);
        loop.post(() -> {
            sessions(loop).forEach((session, ends) -> rows.add(ends, session.view()));
            takeFrom(at + 1, rows, whole);
        });
    }

    private final class Rows {
        private final List<ConnectionRow> connections = new ArrayList<>();
        private final List<ChannelRow> channels = new ArrayList<>();
        private final List<ConsumerRow> consumers = new ArrayList<>();

        void add(AmqpEnds ends, SessionView session) {
            if (session.user().isEmpty()) {
                return; // nobody yet
            }
            ConnectionRow connection = new ConnectionRow(
                    ends.name(),
                    node,
                    session.user(),
                    session.vhost(),
                    session.state(),
                    "AMQP 0-9-1",
                    session.mechanism(),
                    ends.localHost(),
                    ends.local().getPort(),
                    ends.remoteHost(),
                    ends.remote().getPort(),
                    session.channelMax(),
                    session.frameMax(),
                    session.heartbeatSeconds(),
                    session.channels().size(),
                    session.connectedAtMs(),
                    session.bytesReceived(),
                    session.bytesSent(),
                    session.clientProperties());
            connections.add(connection);
            session.channels().forEach(channel -> add(connection, channel));
        }

        private void add(ConnectionRow connection, SessionView.ChannelView view) {
            ChannelRow channel = new ChannelRow(
                    ChannelRow.name(connection.name(), view.number()),
                    connection,
                    view.number(),
                    "running",
                    view.prefetch(),
                    view.globalPrefetch(),
                    view.confirms(),
                    view.isTransactional(),
                    view.unacknowledged(),
                    view.unconfirmed(),
                    view.consumers().size());
            channels.add(channel);
            for (SessionView.ConsumerView each : view.consumers()) {
                consumers.add(new ConsumerRow(
                        channel,
                        each.queue(),
                        each.tag(),
                        each.ackRequired(),
                        each.exclusive(),
                        true,
                        each.prefetch(),
                        each.arguments()));
            }
        }
    }

    @Override
    public void close(ConnectionRow connection, String reason) {
        for (EventLoop loop : loops) {
            loop.post(() -> List.copyOf(sessions(loop).entrySet()).stream()
                    .filter(open -> open.getValue().name().equals(connection.name()))
                    .forEach(open -> open.getKey().forceClose(reason)));
        }
    }
}
