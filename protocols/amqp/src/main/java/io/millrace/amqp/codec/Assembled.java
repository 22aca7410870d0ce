package io.millrace.amqp.codec;

import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.wire.AmqpError;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.netty.buffer.ByteBuf;

/// What a channel's frames amount to so far.
public sealed interface Assembled {
    /// The frame was a part; more must follow.
    record Incomplete() implements Assembled {
        static final Incomplete INSTANCE = new Incomplete();
    }

    /// A method without content.
    record Command(AmqpMethod method) implements Assembled {}

    /// A method with its content. The receiver owns `body` and must release it.
    record Message(AmqpMethod method, BasicProperties properties, ByteBuf body) implements Assembled {}

    /// The frame may not stand here, or can not be understood. A soft error closes the channel; frames that still come
    /// on it must be dropped unseen until `channel.close-ok`, as the protocol has it.
    record Failed(AmqpError error) implements Assembled {}
}
