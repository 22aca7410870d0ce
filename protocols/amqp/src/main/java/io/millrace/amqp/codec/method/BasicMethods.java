package io.millrace.amqp.codec.method;

import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.ShortStrings;
import io.millrace.amqp.codec.wire.WireBits;
import io.millrace.amqp.codec.wire.WireReader;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Class `basic`: publish, consume, settle. `nack` is RabbitMQ's, and goes both ways like `ack` and `cancel`.
public sealed interface BasicMethods extends AmqpMethod {
    int CLASS_ID = 60;

    @Override
    default int classId() {
        return CLASS_ID;
    }

    /// The method of this id from its fields, or nothing where the class has none of that id.
    static @Nullable BasicMethods decode(int methodId, WireReader in) {
        return switch (methodId) {
            case Qos.ID -> Qos.decode(in);
            case QosOk.ID -> new QosOk();
            case Consume.ID -> Consume.decode(in);
            case ConsumeOk.ID -> ConsumeOk.decode(in);
            case Cancel.ID -> Cancel.decode(in);
            case CancelOk.ID -> CancelOk.decode(in);
            case Publish.ID -> Publish.decode(in);
            case Return.ID -> Return.decode(in);
            case Deliver.ID -> Deliver.decode(in);
            case Get.ID -> Get.decode(in);
            case GetOk.ID -> GetOk.decode(in);
            case GetEmpty.ID -> GetEmpty.decode(in);
            case Ack.ID -> Ack.decode(in);
            case Reject.ID -> Reject.decode(in);
            case RecoverAsync.ID -> RecoverAsync.decode(in);
            case Recover.ID -> Recover.decode(in);
            case RecoverOk.ID -> new RecoverOk();
            case Nack.ID -> Nack.decode(in);
            default -> null;
        };
    }

    record Qos(long prefetchSize, int prefetchCount, boolean global) implements BasicMethods {
        static final int ID = 10;

        private static Qos decode(WireReader in) {
            long prefetchSize = in.uint32();
            int prefetchCount = in.uint16();
            int bits = in.uint8();
            return new Qos(prefetchSize, prefetchCount, (bits & 1) != 0);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeInt((int) prefetchSize);
            out.writeShort(prefetchCount);
            out.writeByte(WireBits.of(global));
        }
    }

    record QosOk() implements BasicMethods {
        static final int ID = 11;

        @Override
        public int methodId() {
            return ID;
        }
    }

    record Consume(
            String queue,
            String consumerTag,
            boolean noLocal,
            boolean noAck,
            boolean exclusive,
            boolean noWait,
            FieldTable arguments)
            implements BasicMethods {
        static final int ID = 20;

        private static Consume decode(WireReader in) {
            in.uint16(); // reserved: ticket
            String queue = in.shortString();
            String consumerTag = in.shortString();
            int bits = in.uint8();
            FieldTable arguments = in.table();
            return new Consume(
                    queue, consumerTag, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, arguments);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeShort(0); // reserved: ticket
            ShortStrings.write(out, queue);
            ShortStrings.write(out, consumerTag);
            out.writeByte(WireBits.of(noLocal, noAck, exclusive, noWait));
            arguments.writeTo(out);
        }
    }

    record ConsumeOk(String consumerTag) implements BasicMethods {
        static final int ID = 21;

        private static ConsumeOk decode(WireReader in) {
            String consumerTag = in.shortString();
            return new ConsumeOk(consumerTag);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            ShortStrings.write(out, consumerTag);
        }
    }

    /// Also from the server, where the client has the capability `consumer_cancel_notify`.
    record Cancel(String consumerTag, boolean noWait) implements BasicMethods {
        static final int ID = 30;

        private static Cancel decode(WireReader in) {
            String consumerTag = in.shortString();
            int bits = in.uint8();
            return new Cancel(consumerTag, (bits & 1) != 0);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            ShortStrings.write(out, consumerTag);
            out.writeByte(WireBits.of(noWait));
        }
    }

    record CancelOk(String consumerTag) implements BasicMethods {
        static final int ID = 31;

        private static CancelOk decode(WireReader in) {
            String consumerTag = in.shortString();
            return new CancelOk(consumerTag);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            ShortStrings.write(out, consumerTag);
        }
    }

    record Publish(String exchange, String routingKey, boolean mandatory, boolean immediate) implements BasicMethods {
        static final int ID = 40;

        private static Publish decode(WireReader in) {
            in.uint16(); // reserved: ticket
            String exchange = in.shortOctets();
            String routingKey = in.shortOctets();
            int bits = in.uint8();
            return new Publish(exchange, routingKey, (bits & 1) != 0, (bits & 2) != 0);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public boolean hasContent() {
            return true;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeShort(0); // reserved: ticket
            ShortStrings.write(out, exchange);
            ShortStrings.write(out, routingKey);
            out.writeByte(WireBits.of(mandatory, immediate));
        }
    }

    record Return(int replyCode, String replyText, String exchange, String routingKey) implements BasicMethods {
        static final int ID = 50;

        private static Return decode(WireReader in) {
            int replyCode = in.uint16();
            String replyText = in.shortOctets();
            String exchange = in.shortOctets();
            String routingKey = in.shortOctets();
            return new Return(replyCode, replyText, exchange, routingKey);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public boolean hasContent() {
            return true;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeShort(replyCode);
            ShortStrings.write(out, replyText);
            ShortStrings.write(out, exchange);
            ShortStrings.write(out, routingKey);
        }
    }

    record Deliver(String consumerTag, long deliveryTag, boolean redelivered, String exchange, String routingKey)
            implements BasicMethods {
        static final int ID = 60;

        private static Deliver decode(WireReader in) {
            String consumerTag = in.shortOctets();
            long deliveryTag = in.int64();
            int bits = in.uint8();
            String exchange = in.shortOctets();
            String routingKey = in.shortOctets();
            return new Deliver(consumerTag, deliveryTag, (bits & 1) != 0, exchange, routingKey);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public boolean hasContent() {
            return true;
        }

        @Override
        public void encode(ByteBuf out) {
            ShortStrings.write(out, consumerTag);
            out.writeLong(deliveryTag);
            out.writeByte(WireBits.of(redelivered));
            ShortStrings.write(out, exchange);
            ShortStrings.write(out, routingKey);
        }
    }

    record Get(String queue, boolean noAck) implements BasicMethods {
        static final int ID = 70;

        private static Get decode(WireReader in) {
            in.uint16(); // reserved: ticket
            String queue = in.shortString();
            int bits = in.uint8();
            return new Get(queue, (bits & 1) != 0);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeShort(0); // reserved: ticket
            ShortStrings.write(out, queue);
            out.writeByte(WireBits.of(noAck));
        }
    }

    record GetOk(long deliveryTag, boolean redelivered, String exchange, String routingKey, long messageCount)
            implements BasicMethods {
        static final int ID = 71;

        private static GetOk decode(WireReader in) {
            long deliveryTag = in.int64();
            int bits = in.uint8();
            String exchange = in.shortOctets();
            String routingKey = in.shortOctets();
            long messageCount = in.uint32();
            return new GetOk(deliveryTag, (bits & 1) != 0, exchange, routingKey, messageCount);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public boolean hasContent() {
            return true;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeLong(deliveryTag);
            out.writeByte(WireBits.of(redelivered));
            ShortStrings.write(out, exchange);
            ShortStrings.write(out, routingKey);
            out.writeInt((int) messageCount);
        }
    }

    record GetEmpty() implements BasicMethods {
        static final int ID = 72;

        private static GetEmpty decode(WireReader in) {
            in.shortString(); // reserved: cluster id
            return new GetEmpty();
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeByte(0); // reserved: cluster id
        }
    }

    /// From the server it confirms publishes.
    record Ack(long deliveryTag, boolean multiple) implements BasicMethods {
        static final int ID = 80;

        private static Ack decode(WireReader in) {
            long deliveryTag = in.int64();
            int bits = in.uint8();
            return new Ack(deliveryTag, (bits & 1) != 0);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeLong(deliveryTag);
            out.writeByte(WireBits.of(multiple));
        }
    }

    record Reject(long deliveryTag, boolean requeue) implements BasicMethods {
        static final int ID = 90;

        private static Reject decode(WireReader in) {
            long deliveryTag = in.int64();
            int bits = in.uint8();
            return new Reject(deliveryTag, (bits & 1) != 0);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeLong(deliveryTag);
            out.writeByte(WireBits.of(requeue));
        }
    }

    /// Without an answer; deprecated, and still sent.
    record RecoverAsync(boolean requeue) implements BasicMethods {
        static final int ID = 100;

        private static RecoverAsync decode(WireReader in) {
            int bits = in.uint8();
            return new RecoverAsync((bits & 1) != 0);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeByte(WireBits.of(requeue));
        }
    }

    record Recover(boolean requeue) implements BasicMethods {
        static final int ID = 110;

        private static Recover decode(WireReader in) {
            int bits = in.uint8();
            return new Recover((bits & 1) != 0);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeByte(WireBits.of(requeue));
        }
    }

    record RecoverOk() implements BasicMethods {
        static final int ID = 111;

        @Override
        public int methodId() {
            return ID;
        }
    }

    record Nack(long deliveryTag, boolean multiple, boolean requeue) implements BasicMethods {
        static final int ID = 120;

        private static Nack decode(WireReader in) {
            long deliveryTag = in.int64();
            int bits = in.uint8();
            return new Nack(deliveryTag, (bits & 1) != 0, (bits & 2) != 0);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeLong(deliveryTag);
            out.writeByte(WireBits.of(multiple, requeue));
        }
    }
}
