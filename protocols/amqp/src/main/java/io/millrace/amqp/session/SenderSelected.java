package io.millrace.amqp.session;

import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.FieldValue;
import io.millrace.amqp.codec.wire.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Sender-selected distribution: the further routing keys in the headers `CC` and `BCC`, the second of which nobody
/// gets to see.
final class SenderSelected {
    private static final String CC = "CC";
    private static final String BCC = "BCC";

    private SenderSelected() {}

    /// @throws Refused when one of the headers is no array
    static List<String> keys(BasicProperties properties) throws Refused {
        if (!properties.has(Property.HEADERS)) {
            return List.of();
        }
        FieldTable headers = properties.headers();
        Optional<FieldValue> cc = headers.find(CC);
        Optional<FieldValue> bcc = headers.find(BCC);
        if (cc.isEmpty() && bcc.isEmpty()) {
            return List.of();
        }
        List<String> keys = new ArrayList<>();
        if (cc.isPresent()) {
            addKeys(CC, cc.get(), keys);
        }
        if (bcc.isPresent()) {
            addKeys(BCC, bcc.get(), keys);
        }
        return keys;
    }

    private static void addKeys(String header, FieldValue value, List<String> keys) throws Refused {
        if (!(value instanceof FieldValue.Array(List<FieldValue> values))) {
            throw Refused.preconditionFailed("invalid message: {unacceptable_type_in_header,\"" + header + "\","
                    + Inequivalences.typeName(value) + "}");
        }
        for (FieldValue each : values) {
            if (each instanceof FieldValue.Text text) {
                keys.add(text.value().toString());
            }
        }
    }

    static BasicProperties withoutBcc(BasicProperties properties) {
        if (!properties.has(Property.HEADERS) || properties.headers().find(BCC).isEmpty()) {
            return properties;
        }
        List<FieldTable.Entry> kept = new ArrayList<>(properties.headers().entries());
        kept.removeIf(entry -> entry.name().equals(BCC));
        return properties.toBuilder().headers(FieldTable.of(kept)).build();
    }
}
