package io.millrace.amqp.codec.method;

import io.millrace.amqp.codec.wire.ShortStrings;
import io.millrace.amqp.codec.wire.WireBits;
import io.millrace.amqp.codec.wire.WireReader;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Class `channel`: the life of a channel.
public sealed interface ChannelMethods extends AmqpMethod {
    int CLASS_ID = 20;

    @Override
    default int classId() {
        return CLASS_ID;
    }

    /// The method of this id from its fields, or nothing where the class has none of that id.
    static @Nullable ChannelMethods decode(int methodId, WireReader in) {
        return switch (methodId) {
            case Open.ID -> Open.decode(in);
            case OpenOk.ID -> OpenOk.decode(in);
            case Flow.ID -> Flow.decode(in);
            case FlowOk.ID -> FlowOk.decode(in);
            case Close.ID -> Close.decode(in);
            case CloseOk.ID -> new CloseOk();
            default -> null;
        };
    }

    record Open() implements ChannelMethods {
        static final int ID = 10;

        private static Open decode(WireReader in) {
            in.shortString(); // reserved: out of band
            return new Open();
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeByte(0); // reserved: out of band
        }
    }

    record OpenOk() implements ChannelMethods {
        static final int ID = 11;

        private static OpenOk decode(WireReader in) {
            in.longString(); // reserved: channel id
            return new OpenOk();
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeInt(0); // reserved: channel id
        }
    }

    /// Either way: whether the receiver may send content.
    record Flow(boolean active) implements ChannelMethods {
        static final int ID = 20;

        private static Flow decode(WireReader in) {
            int bits = in.uint8();
            return new Flow((bits & 1) != 0);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeByte(WireBits.of(active));
        }
    }

    record FlowOk(boolean active) implements ChannelMethods {
        static final int ID = 21;

        private static FlowOk decode(WireReader in) {
            int bits = in.uint8();
            return new FlowOk((bits & 1) != 0);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeByte(WireBits.of(active));
        }
    }

    /// Either way. The ids are of the method that failed, or 0.
    record Close(int replyCode, String replyText, int failedClassId, int failedMethodId) implements ChannelMethods {
        static final int ID = 40;

        private static Close decode(WireReader in) {
            int replyCode = in.uint16();
            String replyText = in.shortString();
            int failedClassId = in.uint16();
            int failedMethodId = in.uint16();
            return new Close(replyCode, replyText, failedClassId, failedMethodId);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeShort(replyCode);
            ShortStrings.write(out, replyText);
            out.writeShort(failedClassId);
            out.writeShort(failedMethodId);
        }
    }

    record CloseOk() implements ChannelMethods {
        static final int ID = 41;

        @Override
        public int methodId() {
            return ID;
        }
    }
}
