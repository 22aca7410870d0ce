package io.millrace.amqp.codec.method;

import io.millrace.amqp.codec.wire.ShortStrings;
import io.millrace.amqp.codec.wire.WireBits;
import io.millrace.amqp.codec.wire.WireReader;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Class `access`, which 0-9-1 has dropped. Some clients still ask; RabbitMQ answers [RequestOk] with ticket 1, and
/// reads no ticket anywhere.
public sealed interface AccessMethods extends AmqpMethod {
    int CLASS_ID = 30;

    @Override
    default int classId() {
        return CLASS_ID;
    }

    /// The method of this id from its fields, or nothing where the class has none of that id.
    static @Nullable AccessMethods decode(int methodId, WireReader in) {
        return switch (methodId) {
            case Request.ID -> Request.decode(in);
            case RequestOk.ID -> RequestOk.decode(in);
            default -> null;
        };
    }

    record Request(String realm, boolean exclusive, boolean passive, boolean active, boolean write, boolean read)
            implements AccessMethods {
        static final int ID = 10;

        private static Request decode(WireReader in) {
            String realm = in.shortString();
            int bits = in.uint8();
            return new Request(
                    realm, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            ShortStrings.write(out, realm);
            out.writeByte(WireBits.of(exclusive, passive, active, write, read));
        }
    }

    record RequestOk(int ticket) implements AccessMethods {
        static final int ID = 11;

        private static RequestOk decode(WireReader in) {
            int ticket = in.uint16();
            return new RequestOk(ticket);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeShort(ticket);
        }
    }
}
