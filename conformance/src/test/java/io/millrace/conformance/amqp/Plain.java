package io.millrace.conformance.amqp;

import com.rabbitmq.client.LongString;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Field tables with ordinary strings in place of the client's long ones, to compare and to read.
final class Plain {
    private Plain() {}

    static Map<String, @Nullable Object> of(Map<String, @Nullable Object> table) {
        var plain = new LinkedHashMap<String, @Nullable Object>();
        table.forEach((key, value) -> plain.put(key, of(value)));
        return plain;
    }

    private static @Nullable Object of(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case LongString text -> text.toString();
            case List<?> list -> list.stream().map(Plain::of).toList();
            case Map<?, ?> map -> {
                var plain = new LinkedHashMap<String, @Nullable Object>();
                map.forEach((key, member) -> plain.put(key.toString(), of(member)));
                yield plain;
            }
            default -> value;
        };
    }
}
