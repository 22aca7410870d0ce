package io.millrace.amqp.codec;

import io.netty.buffer.ByteBuf;

/// A whole frame (section 4.2.3). Its payload is a slice of the bytes it was read from and lives as long as they do:
/// who keeps it retains it.
public sealed interface Frame extends FrameRead {
    int TYPE_METHOD = 1;
    int TYPE_HEADER = 2;
    int TYPE_BODY = 3;
    int TYPE_HEARTBEAT = 8;
    int END = 0xce;

    /// Type, channel, size.
    int HEAD_BYTES = 7;

    /// Octets of a frame beside its payload.
    int EMPTY_BYTES = HEAD_BYTES + 1;

    int channel();

    /// @param payload class id, method id, and the fields: at least four octets
    record Method(int channel, ByteBuf payload) implements Frame {}

    /// @param payload class id, weight, body size, and the properties: at least twelve octets
    record Header(int channel, ByteBuf payload) implements Frame {}

    record Body(int channel, ByteBuf payload) implements Frame {}

    /// Always on channel 0.
    record Heartbeat() implements Frame {
        static final Heartbeat INSTANCE = new Heartbeat();

        @Override
        public int channel() {
            return 0;
        }
    }
}
