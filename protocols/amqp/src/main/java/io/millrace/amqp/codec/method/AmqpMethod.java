package io.millrace.amqp.codec.method;

import io.netty.buffer.ByteBuf;

/// A method: what one peer asks of the other, or answers.
public sealed interface AmqpMethod
        permits ConnectionMethods,
                ChannelMethods,
                AccessMethods,
                ExchangeMethods,
                QueueMethods,
                BasicMethods,
                ConfirmMethods,
                TxMethods {
    int classId();

    int methodId();

    /// Whether a content header and a body follow.
    default boolean hasContent() {
        return false;
    }

    /// Writes the fields, without the two ids.
    ///
    /// @throws IllegalArgumentException for a short string that is too long; see
    ///     [ShortStrings#write][io.millrace.amqp.codec.wire.ShortStrings#write]
    default void encode(ByteBuf out) {}
}
