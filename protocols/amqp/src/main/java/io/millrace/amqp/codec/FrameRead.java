package io.millrace.amqp.codec;

import io.millrace.amqp.codec.wire.AmqpError;

/// What [FrameReader] found.
public sealed interface FrameRead permits Frame, FrameRead.Incomplete, FrameRead.Malformed {
    /// The frame is not all there. Nothing was read.
    record Incomplete() implements FrameRead {
        static final Incomplete INSTANCE = new Incomplete();
    }

    /// What is no frame, or one that may not stand here. All of these close the connection.
    ///
    /// @param channel the channel it was sent on, for the log
    record Malformed(int channel, AmqpError error) implements FrameRead {}
}
