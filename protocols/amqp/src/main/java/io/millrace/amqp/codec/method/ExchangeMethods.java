package io.millrace.amqp.codec.method;

import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.ShortStrings;
import io.millrace.amqp.codec.wire.WireBits;
import io.millrace.amqp.codec.wire.WireReader;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Class `exchange`. `bind` and `unbind`, of exchanges to exchanges, are RabbitMQ's.
public sealed interface ExchangeMethods extends AmqpMethod {
    int CLASS_ID = 40;

    @Override
    default int classId() {
        return CLASS_ID;
    }

    /// The method of this id from its fields, or nothing where the class has none of that id.
    static @Nullable ExchangeMethods decode(int methodId, WireReader in) {
        return switch (methodId) {
            case Declare.ID -> Declare.decode(in);
            case DeclareOk.ID -> new DeclareOk();
            case Delete.ID -> Delete.decode(in);
            case DeleteOk.ID -> new DeleteOk();
            case Bind.ID -> Bind.decode(in);
            case BindOk.ID -> new BindOk();
            case Unbind.ID -> Unbind.decode(in);
            case UnbindOk.ID -> new UnbindOk();
            default -> null;
        };
    }

    record Declare(
            String exchange,
            String type,
            boolean passive,
            boolean durable,
            boolean autoDelete,
            boolean internal,
            boolean noWait,
            FieldTable arguments)
            implements ExchangeMethods {
        static final int ID = 10;

        private static Declare decode(WireReader in) {
            in.uint16(); // reserved: ticket
            String exchange = in.shortString();
            String type = in.shortString();
            int bits = in.uint8();
            FieldTable arguments = in.table();
            return new Declare(
                    exchange,
                    type,
                    (bits & 1) != 0,
                    (bits & 2) != 0,
                    (bits & 4) != 0,
                    (bits & 8) != 0,
                    (bits & 16) != 0,
                    arguments);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeShort(0); // reserved: ticket
            ShortStrings.write(out, exchange);
            ShortStrings.write(out, type);
            out.writeByte(WireBits.of(passive, durable, autoDelete, internal, noWait));
            arguments.writeTo(out);
        }
    }

    record DeclareOk() implements ExchangeMethods {
        static final int ID = 11;

        @Override
        public int methodId() {
            return ID;
        }
    }

    record Delete(String exchange, boolean ifUnused, boolean noWait) implements ExchangeMethods {
        static final int ID = 20;

        private static Delete decode(WireReader in) {
            in.uint16(); // reserved: ticket
            String exchange = in.shortString();
            int bits = in.uint8();
            return new Delete(exchange, (bits & 1) != 0, (bits & 2) != 0);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeShort(0); // reserved: ticket
            ShortStrings.write(out, exchange);
            out.writeByte(WireBits.of(ifUnused, noWait));
        }
    }

    record DeleteOk() implements ExchangeMethods {
        static final int ID = 21;

        @Override
        public int methodId() {
            return ID;
        }
    }

    record Bind(String destination, String source, String routingKey, boolean noWait, FieldTable arguments)
            implements ExchangeMethods {
        static final int ID = 30;

        private static Bind decode(WireReader in) {
            in.uint16(); // reserved: ticket
            String destination = in.shortString();
            String source = in.shortString();
            String routingKey = in.shortString();
            int bits = in.uint8();
            FieldTable arguments = in.table();
            return new Bind(destination, source, routingKey, (bits & 1) != 0, arguments);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeShort(0); // reserved: ticket
            ShortStrings.write(out, destination);
            ShortStrings.write(out, source);
            ShortStrings.write(out, routingKey);
            out.writeByte(WireBits.of(noWait));
            arguments.writeTo(out);
        }
    }

    record BindOk() implements ExchangeMethods {
        static final int ID = 31;

        @Override
        public int methodId() {
            return ID;
        }
    }

    record Unbind(String destination, String source, String routingKey, boolean noWait, FieldTable arguments)
            implements ExchangeMethods {
        static final int ID = 40;

        private static Unbind decode(WireReader in) {
            in.uint16(); // reserved: ticket
            String destination = in.shortString();
            String source = in.shortString();
            String routingKey = in.shortString();
            int bits = in.uint8();
            FieldTable arguments = in.table();
            return new Unbind(destination, source, routingKey, (bits & 1) != 0, arguments);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeShort(0); // reserved: ticket
            ShortStrings.write(out, destination);
            ShortStrings.write(out, source);
            ShortStrings.write(out, routingKey);
            out.writeByte(WireBits.of(noWait));
            arguments.writeTo(out);
        }
    }

    /// Its id is 51, unlike that of every other answer.
    record UnbindOk() implements ExchangeMethods {
        static final int ID = 51;

        @Override
        public int methodId() {
            return ID;
        }
    }
}
