package io.millrace.kafka.mapping;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormat;
import io.millrace.broker.message.MessageFormats;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/// A message's headers in a record: the sender's own that have a plain value, as text, and one of ours with everything
/// its protocol said, byte for byte.
///
/// Ours: version 1, format 1, due 8, length of exchange 2, exchange, properties.
final class MessageHeaders {
    /// The name of ours. A header a sender calls so is not written readably.
    static final String OPAQUE = "millrace.message";

    /// Properties that are written readably in topics, where they are headers of the same name with `-` for `_`.
    static final List<String> READABLE_PROPERTIES =
            List.of("content_type", "content_encoding", "correlation_id", "message_id", "reply_to");

    /// No exchange has a longer name.
    static final int EXCHANGE_BYTES_MAX = 255;

    private static final byte VERSION = 1;
    private static final int HEAD_BYTES = 12;

    private final MessageFormats formats;

    MessageHeaders(MessageFormats formats) {
        this.formats = formats;
    }

    Header[] of(Message message) {
        return of(message, false);
    }

    /// The same, and properties that others may want as headers, unless the sender has headers of these names.
    Header[] withProperties(Message message) {
        return of(message, true);
    }

    private Header[] of(Message message, boolean withProperties) {
        MessageFormat format = formats.of(message);
        Header opaque = new RecordHeader(OPAQUE, opaque(message));
        if (format == null) {
            return new Header[] {opaque};
        }
        List<Header> all = new ArrayList<>();
        Arguments headers = format.headers(message.properties());
        headers.entries().forEach((name, value) -> {
            byte[] readable = readable(value);
            if (readable != null && !name.equals(OPAQUE)) {
                all.add(new RecordHeader(name, readable));
            }
        });
        if (withProperties) {
            addProperties(format, message, headers, all);
        }
        all.add(opaque);
        return all.toArray(new Header[0]);
    }

    private static void addProperties(MessageFormat format, Message message, Arguments headers, List<Header> all) {
        for (String property : READABLE_PROPERTIES) {
            String name = headerOf(property);
            if (headers.find(name).isEmpty()) {
                format.property(message.properties(), property)
                        .ifPresent(text -> all.add(new RecordHeader(name, utf8(text))));
            }
        }
    }

    /// The header that a readable property is.
    static String headerOf(String property) {
        return property.replace('_', '-');
    }

    private static byte @Nullable [] readable(ArgumentValue value) {
        return switch (value) {
            case ArgumentValue.Text text -> text.bytes().toByteArray();
            case ArgumentValue.Binary binary -> binary.bytes().toByteArray();
            case ArgumentValue.Whole whole -> utf8(Long.toString(whole.value()));
            case ArgumentValue.Real real -> utf8(Double.toString(real.value()));
            case ArgumentValue.Bool bool -> utf8(Boolean.toString(bool.value()));
            case ArgumentValue.Timestamp timestamp -> utf8(Long.toString(timestamp.seconds()));
            case ArgumentValue.Decimal _, ArgumentValue.Table _, ArgumentValue.Sequence _, ArgumentValue.Nothing _ ->
                null;
        };
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] opaque(Message message) {
        byte[] exchange = utf8(message.exchange());
        return ByteBuffer.allocate(HEAD_BYTES + exchange.length + message.properties().length)
                .put(VERSION)
                .put((byte) message.format().number())
                .putLong(message.dueMs())
                .putShort((short) exchange.length)
                .put(exchange)
                .put(message.properties())
                .array();
    }

    /// Nothing when the header is none of ours.
    static Optional<Message> message(byte @Nullable [] opaque, String routingKey, byte[] body, long publishedMs) {
        if (opaque == null || opaque.length < HEAD_BYTES || opaque[0] != VERSION) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(opaque, 1, opaque.length - 1);
        Optional<FormatId> format = format(in.get());
        long dueMs = in.getLong();
        int exchangeBytes = Short.toUnsignedInt(in.getShort());
        if (format.isEmpty() || dueMs < 0 || exchangeBytes > in.remaining()) {
            return Optional.empty();
        }
        String exchange = new String(opaque, in.position(), exchangeBytes, StandardCharsets.UTF_8);
        in.position(in.position() + exchangeBytes);
        byte[] properties = new byte[in.remaining()];
        in.get(properties);
        return Optional.of(new Message(format.get(), exchange, routingKey, properties, body, publishedMs, dueMs));
    }

    /// The broker's own words are in no log: who has written them there is not the broker.
    private static Optional<FormatId> format(byte number) {
        for (FormatId format : FormatId.values()) {
            if (format.number() == number && format != FormatId.BROKER) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }
}
