package io.millrace.cluster.queue;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.queue.Delivery;
import io.millrace.cluster.metadata.RecordReader;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.cluster.metadata.RecordWriter;
import java.util.List;

/// What both directions have in common: texts, messages, deliveries.
final class LinkShapes {
    private LinkShapes() {}

    /// Any chars, lone surrogates too: names in AMQP are octets, which need not be UTF-8.
    static void text(RecordWriter out, String text) {
        out.writeUnsigned(text.length());
        for (int at = 0; at < text.length(); at++) {
            out.writeVarlong(text.charAt(at));
        }
    }

    static String text(RecordReader in) throws MalformedRecord {
        char[] chars = new char[in.readCount(Integer.MAX_VALUE)];
        for (int at = 0; at < chars.length; at++) {
            chars[at] = (char) in.readUpTo(Character.MAX_VALUE, "char");
        }
        return new String(chars);
    }

    static void message(UnitWriter unit, Message message) {
        RecordWriter out = unit.out();
        out.writeUnsigned(message.format().number());
        text(out, message.exchange());
        text(out, message.routingKey());
        out.writeVarlong(message.publishedMs());
        out.writeVarlong(message.dueMs());
        unit.octets(message.properties());
        unit.octets(message.body());
    }

    static Message message(Unit unit) throws MalformedRecord {
        RecordReader in = unit.in();
        FormatId format = format(in.readUnsigned());
        String exchange = text(in);
        String routingKey = text(in);
        long publishedMs = in.readVarlong();
        long dueMs = in.readVarlong();
        byte[] properties = unit.octets();
        byte[] body = unit.octets();
        return new Message(format, exchange, routingKey, properties, body, publishedMs, dueMs);
    }

    private static FormatId format(int number) throws MalformedRecord {
        for (FormatId format : FormatId.values()) {
            if (format.number() == number) {
                return format;
            }
        }
        throw new MalformedRecord("message format " + number);
    }

    static void delivery(UnitWriter unit, Delivery delivery) {
        unit.out().writeVarlong(delivery.offset());
        unit.out().writeBoolean(delivery.redelivered());
        unit.out().writeUnsigned(delivery.deliveryCount());
        message(unit, delivery.message());
    }

    /// Of its octets, those that come apart from the unit it is in.
    static int attached(Message message) {
        return Unit.attached(message.properties()) + Unit.attached(message.body());
    }

    static Delivery delivery(Unit unit) throws MalformedRecord {
        RecordReader in = unit.in();
        long offset = in.readVarlong();
        boolean redelivered = in.readBoolean();
        int deliveryCount = in.readUnsigned();
        return new Delivery(offset, message(unit), redelivered, deliveryCount);
    }

    /// One of a list whose order is on the wire between releases: new ones come last.
    static <E> E oneOf(RecordReader in, List<E> all, String what) throws MalformedRecord {
        return all.get(in.readUpTo(all.size() - 1, what));
    }
}
