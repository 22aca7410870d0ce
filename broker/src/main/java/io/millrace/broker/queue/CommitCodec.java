package io.millrace.broker.queue;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.queue.Commit.Routed;
import io.millrace.broker.queue.Commit.Settled;
import io.millrace.broker.routing.Destination.Target;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.routing.Destination.ToTopic;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Commits as bytes: version 1; messages, each with its targets; settlements. Counts and lengths are four bytes before
/// what they count; texts are chars of two bytes, for names in AMQP need not be UTF-8.
final class CommitCodec {
    private static final byte VERSION = 1;
    private static final byte QUEUE = 0;
    private static final byte TOPIC = 1;
    private static final int MESSAGE_HEAD_BYTES = 1 + 2 * Long.BYTES;

    private CommitCodec() {}

    static byte[] encode(Commit commit) {
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(size(commit))).put(VERSION);
        out.putInt(commit.messages().size());
        commit.messages().forEach(routed -> write(routed, out));
        out.putInt(commit.settled().size());
        commit.settled().forEach(settled -> write(settled, out));
        return out.array();
    }

    /// A commit that is small as its client has sent it may be more than memory has: targets are named for each
    /// message.
    static long size(Commit commit) {
        long size = 1 + 2 * Integer.BYTES;
        for (Routed routed : commit.messages()) {
            Message message = routed.message();
            size += MESSAGE_HEAD_BYTES + 3 * Integer.BYTES + message.bytes();
            size += size(message.exchange()) + size(message.routingKey());
            for (Target target : routed.targets()) {
                size += 1 + size(name(target));
            }
        }
        for (Settled settled : commit.settled()) {
            size += size(settled.queue().value())
                    + 2 * Long.BYTES
                    + settled.order().bytes();
        }
        return size;
    }

    private static int size(String text) {
        return Integer.BYTES + Character.BYTES * text.length();
    }

    private static String name(Target target) {
        return switch (target) {
            case ToQueue(QueueName queue) -> queue.value();
            case ToTopic(String topic) -> topic;
        };
    }

    private static void write(Routed routed, ByteBuffer out) {
        Message message = routed.message();
        out.put((byte) message.format().number());
        out.putLong(message.publishedMs());
        out.putLong(message.dueMs());
        write(message.exchange(), out);
        write(message.routingKey(), out);
        out.putInt(message.properties().length).put(message.properties());
        out.putInt(message.body().length).put(message.body());
        out.putInt(routed.targets().size());
        for (Target target : routed.targets()) {
            out.put(target instanceof ToQueue ? QUEUE : TOPIC);
            write(name(target), out);
        }
    }

    private static void write(Settled settled, ByteBuffer out) {
        write(settled.queue().value(), out);
        out.putLong(settled.id().mostSignificantBits());
        out.putLong(settled.id().leastSignificantBits());
        settled.order().write(out);
    }

    private static void write(String text, ByteBuffer out) {
        out.putInt(text.length());
        for (int at = 0; at < text.length(); at++) {
            out.putChar(text.charAt(at));
        }
    }

    /// Nothing when the bytes are no commit of a version this node knows.
    static Optional<Commit> decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            return in.get() == VERSION ? Optional.of(read(in)) : Optional.empty();
        } catch (BufferUnderflowException _) {
            return Optional.empty();
        }
    }

    private static Commit read(ByteBuffer in) {
        List<Routed> messages = new ArrayList<>();
        for (int left = count(in, 1); left > 0; left--) {
            messages.add(readRouted(in));
        }
        List<Settled> settled = new ArrayList<>();
        for (int left = count(in, 1); left > 0; left--) {
            QueueName queue = new QueueName(text(in));
            settled.add(new Settled(queue, new TopicId(in.getLong(), in.getLong()), SettleOrder.read(in)));
        }
        return new Commit(messages, settled);
    }

    private static Routed readRouted(ByteBuffer in) {
        FormatId format = format(in.get());
        long publishedMs = in.getLong();
        long dueMs = in.getLong();
        String exchange = text(in);
        String routingKey = text(in);
        byte[] properties = octets(in);
        byte[] body = octets(in);
        List<Target> targets = new ArrayList<>();
        for (int left = count(in, 1); left > 0; left--) {
            boolean isQueue = in.get() == QUEUE;
            String name = text(in);
            targets.add(isQueue ? new ToQueue(name) : new ToTopic(name));
        }
        return new Routed(new Message(format, exchange, routingKey, properties, body, publishedMs, dueMs), targets);
    }

    /// The broker's own words are no message of a transaction.
    private static FormatId format(byte number) {
        for (FormatId format : FormatId.values()) {
            if (format.number() == number && format != FormatId.BROKER) {
                return format;
            }
        }
        throw new BufferUnderflowException();
    }

    private static String text(ByteBuffer in) {
        char[] chars = new char[count(in, Character.BYTES)];
        for (int at = 0; at < chars.length; at++) {
            chars[at] = in.getChar();
        }
        return new String(chars);
    }

    private static byte[] octets(ByteBuffer in) {
        byte[] octets = new byte[count(in, 1)];
        in.get(octets);
        return octets;
    }

    /// Of things that have so many bytes each, at least.
    private static int count(ByteBuffer in, int bytesEach) {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / bytesEach) {
            throw new BufferUnderflowException();
        }
        return count;
    }
}
