package io.millrace.amqp.mapping;

import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.FieldValue;
import io.millrace.amqp.codec.wire.PropertiesBuilder;
import io.millrace.amqp.codec.wire.Property;
import io.millrace.amqp.codec.wire.ShortStrings;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormat;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A message that came by another protocol in the words of AMQP: its headers, the properties it has a word for, when it
/// was published, and that it is persistent (`docs/protocols/mapping.md`).
public final class ForeignProperties {
    private static final int PERSISTENT = 2;
    private static final long MS_PER_SECOND = 1_000;
    /// What an entry costs beside its name and value, at most.
    private static final int ENTRY_BYTES = 6;

    private static final List<Named> TEXTS = List.of(
            new Named(Property.CONTENT_TYPE, "content_type"),
            new Named(Property.CONTENT_ENCODING, "content_encoding"),
            new Named(Property.CORRELATION_ID, "correlation_id"),
            new Named(Property.MESSAGE_ID, "message_id"),
            new Named(Property.REPLY_TO, "reply_to"));

    private ForeignProperties() {}

    private record Named(Property property, String name) {}

    /// @param format the message's own
    /// @param headerBytesMax a frame has to hold all of it: headers for which there is no room are left out
    public static BasicProperties of(Message message, MessageFormat format, int headerBytesMax) {
        PropertiesBuilder builder = BasicProperties.builder();
        List<FieldTable.Entry> headers = headers(format.headers(message.properties()), headerBytesMax);
        if (!headers.isEmpty()) {
            builder.headers(FieldTable.of(headers));
        }
        for (Named text : TEXTS) {
            format.property(message.properties(), text.name())
                    .filter(ForeignProperties::fits)
                    .ifPresent(value -> builder.text(text.property(), value));
        }
        builder.deliveryMode(PERSISTENT);
        if (message.publishedMs() >= 0) {
            builder.timestamp(message.publishedMs() / MS_PER_SECOND);
        }
        return builder.build();
    }

    private static List<FieldTable.Entry> headers(Arguments all, int bytesMax) {
        List<FieldTable.Entry> fitting = new ArrayList<>();
        int left = bytesMax;
        for (Map.Entry<String, ArgumentValue> entry : all.entries().entrySet()) {
            int bytes = ENTRY_BYTES + 3 * entry.getKey().length() + size(entry.getValue());
            if (bytes <= left && fits(entry.getKey())) {
                left -= bytes;
                fitting.add(new FieldTable.Entry(entry.getKey(), Tables.value(entry.getValue())));
            }
        }
        return fitting;
    }

    private static int size(ArgumentValue value) {
        FieldValue wire = Tables.value(value);
        return switch (wire) {
            case FieldValue.Text(var text) -> text.size();
            case FieldValue.Binary(var octets) -> octets.size();
            default -> Long.BYTES;
        };
    }

    private static boolean fits(String text) {
        return ShortStrings.fitting(text).length() == text.length();
    }
}
