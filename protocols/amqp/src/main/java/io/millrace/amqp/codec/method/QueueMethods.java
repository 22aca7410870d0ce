package io.millrace.amqp.codec.method;

import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.ShortStrings;
import io.millrace.amqp.codec.wire.WireBits;
import io.millrace.amqp.codec.wire.WireReader;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Class `queue`. An empty queue name stands for the queue that the channel declared last.
public sealed interface QueueMethods extends AmqpMethod {
    int CLASS_ID = 50;

    @Override
    default int classId() {
        return CLASS_ID;
    }

    /// The method of this id from its fields, or nothing where the class has none of that id.
    static @Nullable QueueMethods decode(int methodId, WireReader in) {
        return switch (methodId) {
            case Declare.ID -> Declare.decode(in);
            case DeclareOk.ID -> DeclareOk.decode(in);
            case Bind.ID -> Bind.decode(in);
            case BindOk.ID -> new BindOk();
            case Purge.ID -> Purge.decode(in);
            case PurgeOk.ID -> PurgeOk.decode(in);
            case Delete.ID -> Delete.decode(in);
            case DeleteOk.ID -> DeleteOk.decode(in);
            case Unbind.ID -> Unbind.decode(in);
            case UnbindOk.ID -> new UnbindOk();
            default -> null;
        };
    }

    record Declare(
            String queue,
            boolean passive,
            boolean durable,
            boolean exclusive,
            boolean autoDelete,
            boolean noWait,
            FieldTable arguments)
            implements QueueMethods {
        static final int ID = 10;

        private static Declare decode(WireReader in) {
            in.uint16(); // reserved: ticket
            String queue = in.shortString();
            int bits = in.uint8();
            FieldTable arguments = in.table();
            return new Declare(
                    queue,
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
            ShortStrings.write(out, queue);
            out.writeByte(WireBits.of(passive, durable, exclusive, autoDelete, noWait));
            arguments.writeTo(out);
        }
    }

    record DeclareOk(String queue, long messageCount, long consumerCount) implements QueueMethods {
        static final int ID = 11;

        private static DeclareOk decode(WireReader in) {
            String queue = in.shortString();
            long messageCount = in.uint32();
            long consumerCount = in.uint32();
            return new DeclareOk(queue, messageCount, consumerCount);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            ShortStrings.write(out, queue);
            out.writeInt((int) messageCount);
            out.writeInt((int) consumerCount);
        }
    }

    record Bind(String queue, String exchange, String routingKey, boolean noWait, FieldTable arguments)
            implements QueueMethods {
        static final int ID = 20;

        private static Bind decode(WireReader in) {
            in.uint16(); // reserved: ticket
            String queue = in.shortString();
            String exchange = in.shortString();
            String routingKey = in.shortString();
            int bits = in.uint8();
            FieldTable arguments = in.table();
            return new Bind(queue, exchange, routingKey, (bits & 1) != 0, arguments);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeShort(0); // reserved: ticket
            ShortStrings.write(out, queue);
            ShortStrings.write(out, exchange);
            ShortStrings.write(out, routingKey);
            out.writeByte(WireBits.of(noWait));
            arguments.writeTo(out);
        }
    }

    record BindOk() implements QueueMethods {
        static final int ID = 21;

        @Override
        public int methodId() {
            return ID;
        }
    }

    record Purge(String queue, boolean noWait) implements QueueMethods {
        static final int ID = 30;

        private static Purge decode(WireReader in) {
            in.uint16(); // reserved: ticket
            String queue = in.shortString();
            int bits = in.uint8();
            return new Purge(queue, (bits & 1) != 0);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeShort(0); // reserved: ticket
            ShortStrings.write(out, queue);
            out.writeByte(WireBits.of(noWait));
        }
    }

    record PurgeOk(long messageCount) implements QueueMethods {
        static final int ID = 31;

        private static PurgeOk decode(WireReader in) {
            long messageCount = in.uint32();
            return new PurgeOk(messageCount);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeInt((int) messageCount);
        }
    }

    record Delete(String queue, boolean ifUnused, boolean ifEmpty, boolean noWait) implements QueueMethods {
        static final int ID = 40;

        private static Delete decode(WireReader in) {
            in.uint16(); // reserved: ticket
            String queue = in.shortString();
            int bits = in.uint8();
            return new Delete(queue, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeShort(0); // reserved: ticket
            ShortStrings.write(out, queue);
            out.writeByte(WireBits.of(ifUnused, ifEmpty, noWait));
        }
    }

    record DeleteOk(long messageCount) implements QueueMethods {
        static final int ID = 41;

        private static DeleteOk decode(WireReader in) {
            long messageCount = in.uint32();
            return new DeleteOk(messageCount);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeInt((int) messageCount);
        }
    }

    record Unbind(String queue, String exchange, String routingKey, FieldTable arguments) implements QueueMethods {
        static final int ID = 50;

        private static Unbind decode(WireReader in) {
            in.uint16(); // reserved: ticket
            String queue = in.shortString();
            String exchange = in.shortString();
            String routingKey = in.shortString();
            FieldTable arguments = in.table();
            return new Unbind(queue, exchange, routingKey, arguments);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeShort(0); // reserved: ticket
            ShortStrings.write(out, queue);
            ShortStrings.write(out, exchange);
            ShortStrings.write(out, routingKey);
            arguments.writeTo(out);
        }
    }

    record UnbindOk() implements QueueMethods {
        static final int ID = 51;

        @Override
        public int methodId() {
            return ID;
        }
    }
}
