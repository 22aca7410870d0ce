package io.millrace.amqp.codec.method;

import io.millrace.amqp.codec.wire.WireBits;
import io.millrace.amqp.codec.wire.WireReader;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Class `confirm`, RabbitMQ's: the channel answers every publish with [BasicMethods.Ack] or [BasicMethods.Nack].
public sealed interface ConfirmMethods extends AmqpMethod {
    int CLASS_ID = 85;

    @Override
    default int classId() {
        return CLASS_ID;
    }

    /// The method of this id from its fields, or nothing where the class has none of that id.
    static @Nullable ConfirmMethods decode(int methodId, WireReader in) {
        return switch (methodId) {
            case Select.ID -> Select.decode(in);
            case SelectOk.ID -> new SelectOk();
            default -> null;
        };
    }

    record Select(boolean noWait) implements ConfirmMethods {
        static final int ID = 10;

        private static Select decode(WireReader in) {
            int bits = in.uint8();
            return new Select((bits & 1) != 0);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeByte(WireBits.of(noWait));
        }
    }

    record SelectOk() implements ConfirmMethods {
        static final int ID = 11;

        @Override
        public int methodId() {
            return ID;
        }
    }
}
