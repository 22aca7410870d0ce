package io.millrace.amqp.session;

import io.millrace.amqp.codec.FrameWriter;
import io.netty.buffer.ByteBufAllocator;

/// The port to a connection's socket. Called on the connection's loop.
public interface AmqpOutput extends FrameWriter.Sink {
    ByteBufAllocator allocator();

    /// Calls [AmqpSession#flush] at the end of this turn, once.
    void flushSoon();

    /// The session wants bytes again.
    void resume();

    /// What the client did wrong, for the log.
    void tell(String why);

    /// Nothing will be written any more, which the client may see once what was written has left. What it sends is
    /// still read.
    void end();

    /// Ends the connection after what was written has left.
    ///
    /// @param why for the log; empty when there is nothing to tell
    void close(String why);

    /// Ends the connection although what was written has not left.
    void abandon();

    /// Octets that were written and that the socket has not taken.
    long unsentBytes();

    /// Ends the connection because of a fault of ours.
    void fail(String why, Throwable fault);
}
