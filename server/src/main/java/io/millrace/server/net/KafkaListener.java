package io.millrace.server.net;

import io.millrace.kafka.session.FrameSession;
import io.millrace.kafka.session.Output;
import io.millrace.model.Clock;
import io.millrace.server.loop.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;

/// A listening socket for frames of Kafka's kind, from clients or from other nodes.
///
/// Owned by: start-up and shutdown.
public final class KafkaListener extends Listener<ConnectionRegistry> {
    private final ConnectionLimits limits;
    private final MemoryBudget budget;
    private final Clock clock;
    private final SessionFactory sessions;

    /// Makes the session of a new connection.
    public interface SessionFactory {
        FrameSession open(EventLoop loop, InetSocketAddress remote, Output output);
    }

    public KafkaListener(
            NetworkLoops loops, ConnectionLimits limits, MemoryBudget budget, Clock clock, SessionFactory sessions) {
        super("kafka", loops, limits, (loop, all) -> new ConnectionRegistry(loop, clock, all));
        this.limits = limits;
        this.budget = budget;
        this.clock = clock;
        this.sessions = sessions;
    }

    @Override
    void setUp(SocketChannel accepted, ConnectionRegistry registry) {
        EventLoop loop = registry.loop();
        InetSocketAddress remote = accepted.remoteAddress();
        KafkaConnection connection = new KafkaConnection(
                registry, limits, budget, loop, clock, output -> sessions.open(loop, remote, output));
        if (limits.sendBufferBytes() > 0) {
            accepted.config().setSendBufferSize(limits.sendBufferBytes());
        }
        accepted.config().setRecvByteBufAllocator(new FrameReceiveBuffers(connection::receiver, budget));
        accepted.pipeline().addLast(connection);
    }
}
