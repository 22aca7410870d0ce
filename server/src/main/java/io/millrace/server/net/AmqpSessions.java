package io.millrace.server.net;

import io.millrace.amqp.session.AmqpOutput;
import io.millrace.amqp.session.AmqpSession;
import io.millrace.server.loop.EventLoop;

/// The sessions behind AMQP connections. Called on a connection's loop.
public interface AmqpSessions {
    AmqpSession open(EventLoop loop, AmqpEnds ends, AmqpOutput output);

    /// A connection has ended.
    void closed(EventLoop loop, AmqpSession session);
}
