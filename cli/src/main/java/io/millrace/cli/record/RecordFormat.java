package io.millrace.cli.record;

import io.millrace.cli.output.Json;
import io.millrace.cli.output.Missing;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/// How a record is printed: a format string with kcat's signs, or one JSON object a line.
///
/// `%t` topic, `%p` partition, `%o` offset, `%T` timestamp in milliseconds, `%k` key, `%s` value, `%h` headers
/// (`name=value,...`), `%K` and `%S` the sizes of key and value (-1 for null), `%%` a percent sign.
interface RecordFormat {
    /// Writes one record. Bytes of key and value are copied as they are.
    void write(ConsumerRecord<byte[], byte[]> entry, ByteArrayOutputStream out);

    /// @throws IllegalArgumentException when a sign is not known
    static RecordFormat of(String format) {
        var parts = new ArrayList<RecordFormat>();
        String text = Escapes.read(format);
        var literal = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            char sign = c == '%' && i + 1 < text.length() ? text.charAt(i + 1) : '\0';
            if (sign == '\0') {
                literal.append(c);
                i++;
                continue;
            }
            parts.add(literal(literal.toString()));
            literal.setLength(0);
            parts.add(sign(sign));
            i += 2;
        }
        parts.add(literal(literal.toString()));
        List<RecordFormat> all = List.copyOf(parts);
        return (entry, out) -> all.forEach(part -> part.write(entry, out));
    }

    /// One JSON object a line; keys and values as text.
    static RecordFormat json() {
        return (entry, out) -> {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("topic", entry.topic());
            object.put("partition", entry.partition());
            object.put("offset", entry.offset());
            object.put("timestamp", entry.timestamp());
            object.put("key", jsonText(entry.key()));
            object.put("value", jsonText(entry.value()));
            Map<String, Object> headers = new LinkedHashMap<>();
            entry.headers().forEach(header -> headers.put(header.key(), jsonText(header.value())));
            object.put("headers", headers);
            out.writeBytes((Json.text(object) + "\n").getBytes(StandardCharsets.UTF_8));
        };
    }

    private static Object jsonText(byte @Nullable [] bytes) {
        return bytes == null ? Missing.VALUE : new String(bytes, StandardCharsets.UTF_8);
    }

    private static RecordFormat literal(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return (entry, out) -> out.writeBytes(bytes);
    }

    private static RecordFormat sign(char sign) {
        return switch (sign) {
            case '%' -> literal("%");
            case 't' -> (entry, out) -> text(entry.topic(), out);
            case 'p' -> (entry, out) -> text(Integer.toString(entry.partition()), out);
            case 'o' -> (entry, out) -> text(Long.toString(entry.offset()), out);
            case 'T' -> (entry, out) -> text(Long.toString(entry.timestamp()), out);
            case 'k' -> (entry, out) -> bytes(entry.key(), out);
            case 's' -> (entry, out) -> bytes(entry.value(), out);
            case 'K' -> (entry, out) -> text(size(entry.key()), out);
            case 'S' -> (entry, out) -> text(size(entry.value()), out);
            case 'h' -> (entry, out) -> headers(entry, out);
            default ->
                throw new IllegalArgumentException(
                        "%" + sign + " is not known; there are %t %p %o %T %k %s %h %K %S and %%");
        };
    }

    private static void headers(ConsumerRecord<byte[], byte[]> entry, ByteArrayOutputStream out) {
        String between = "";
        for (Header header : entry.headers()) {
            text(between + header.key() + "=", out);
            bytes(header.value(), out);
            between = ",";
        }
    }

    private static String size(byte @Nullable [] bytes) {
        return Integer.toString(bytes == null ? -1 : bytes.length);
    }

    private static void text(String text, ByteArrayOutputStream out) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void bytes(byte @Nullable [] bytes, ByteArrayOutputStream out) {
        if (bytes != null) {
            out.writeBytes(bytes);
        }
    }
}
