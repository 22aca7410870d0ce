package io.millrace.kafka.mapping;

import io.millrace.broker.message.MessageFormat;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/// A Kafka record's headers as a message's properties: version 1, then for each name length 4 and UTF-8, kind 1 (0
/// nothing, 1 bytes, 2 number), and length 4 and the bytes, or the number's 8. Numbers are ours, such as the place in a
/// stream. Bytes that are none of this count as no headers at all.
///
/// A header called as one of AMQP's properties is that property, too: `content-type`, `content-encoding`,
/// `correlation-id`, `message-id`, `reply-to`.
public final class KafkaFormat implements MessageFormat {
    private static final byte VERSION = 1;
    private static final byte NOTHING = 0;
    private static final byte BYTES = 1;
    private static final byte NUMBER = 2;
    private static final byte[] NO_HEADERS = {VERSION};

    /// The properties of a record with these headers. Of headers of one name the last counts, as in Kafka.
    static byte[] properties(Header[] headers) {
        if (headers.length == 0) {
            return NO_HEADERS;
        }
        Map<String, ArgumentValue> values = new LinkedHashMap<>();
        for (Header header : headers) {
            values.put(header.key(), value(header.value()));
        }
        return encode(values);
    }

    /// Text where it is UTF-8.
    private static ArgumentValue value(byte @Nullable [] bytes) {
        if (bytes == null) {
            return new ArgumentValue.Nothing();
        }
        ByteString all = ByteString.of(bytes);
        return isText(bytes) ? new ArgumentValue.Text(all) : new ArgumentValue.Binary(all);
    }

    private static boolean isText(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException binary) {
            return false;
        }
    }

    private static byte[] encode(Map<String, ArgumentValue> values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(VERSION);
        values.forEach((name, value) -> {
            put(name.getBytes(StandardCharsets.UTF_8), out);
            put(value, out);
        });
        return out.toByteArray();
    }

    private static void put(ArgumentValue value, ByteArrayOutputStream out) {
        switch (value) {
            case ArgumentValue.Text(ByteString bytes) -> {
                out.write(BYTES);
                put(bytes.toByteArray(), out);
            }
            case ArgumentValue.Binary(ByteString bytes) -> {
                out.write(BYTES);
                put(bytes.toByteArray(), out);
            }
            case ArgumentValue.Whole whole -> {
                out.write(NUMBER);
                out.writeBytes(
                        ByteBuffer.allocate(Long.BYTES).putLong(whole.value()).array());
            }
            default -> out.write(NOTHING); // nobody puts other values into a record's headers
        }
    }

    private static void put(byte[] bytes, ByteArrayOutputStream out) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        out.writeBytes(bytes);
    }

    @Override
    public Arguments headers(byte[] properties) {
        ByteBuffer in = ByteBuffer.wrap(properties);
        if (!in.hasRemaining() || in.get() != VERSION) {
            return Arguments.NONE;
        }
        Map<String, ArgumentValue> values = new LinkedHashMap<>();
        while (in.hasRemaining()) {
            byte[] name = bytes(in);
            if (name == null || !in.hasRemaining()) {
                return Arguments.NONE;
            }
            ArgumentValue value = read(in);
            if (value == null) {
                return Arguments.NONE;
            }
            values.put(new String(name, StandardCharsets.UTF_8), value);
        }
        return Arguments.of(values);
    }

    private static @Nullable ArgumentValue read(ByteBuffer in) {
        byte kind = in.get();
        if (kind == NOTHING) {
            return new ArgumentValue.Nothing();
        }
        if (kind == NUMBER && in.remaining() >= Long.BYTES) {
            return ArgumentValue.whole(in.getLong());
        }
        byte[] bytes = kind == BYTES ? bytes(in) : null;
        if (bytes == null) {
            return null;
        }
        return value(bytes);
    }

    private static byte @Nullable [] bytes(ByteBuffer in) {
        int length = in.remaining() < Integer.BYTES ? -1 : in.getInt();
        if (length < 0 || length > in.remaining()) {
            return null;
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    @Override
    public Traits traits(byte[] properties) {
        return Traits.PLAIN;
    }

    @Override
    public byte[] withHeaders(byte[] properties, Arguments headers, boolean dropExpiration) {
        return encode(headers.entries());
    }

    @Override
    public Optional<String> property(byte[] properties, String name) {
        return MessageHeaders.READABLE_PROPERTIES.contains(name)
                ? headers(properties).text(MessageHeaders.headerOf(name))
                : Optional.empty();
    }
}
