package io.millrace.server.net;

import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import java.util.Optional;

/// A listening socket for AMQP 0-9-1, with TLS or without.
///
/// Owned by: start-up and shutdown.
public final class AmqpListener extends Listener<AmqpConnections> {
    private final AmqpSessions sessions;
    private final Optional<SslContext> tls;

    /// @param unsent by all AMQP connections of the node
    /// @param tls empty for a listener without
    public AmqpListener(
            NetworkLoops loops,
            ConnectionLimits limits,
            UnsentBytes unsent,
            Optional<SslContext> tls,
            AmqpSessions sessions) {
        super(tls.isPresent() ? "amqps" : "amqp", loops, limits, (loop, all) -> new AmqpConnections(loop, all, unsent));
        this.sessions = sessions;
        this.tls = tls;
    }

    @Override
    void setUp(SocketChannel accepted, AmqpConnections connections) {
        tls.ifPresent(context -> accepted.pipeline().addLast(context.newHandler(accepted.alloc())));
        accepted.pipeline().addLast(new AmqpConnection(connections, sessions));
    }
}
