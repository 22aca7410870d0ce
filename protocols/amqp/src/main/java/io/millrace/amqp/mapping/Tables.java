package io.millrace.amqp.mapping;

import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.FieldValue;
import io.millrace.amqp.codec.wire.FieldValue.IntType;
import io.millrace.amqp.codec.wire.LongString;
import io.millrace.model.ArgumentValue;
import io.millrace.model.ArgumentValue.Width;
import io.millrace.model.Arguments;
import io.millrace.model.ByteString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Field tables to arguments and back. Of names given twice the first value counts, as RabbitMQ looks names up.
public final class Tables {
    private Tables() {}

    public static Arguments arguments(FieldTable table) {
        if (table.isEmpty()) {
            return Arguments.NONE;
        }
        Map<String, ArgumentValue> entries = new LinkedHashMap<>();
        for (FieldTable.Entry entry : table.entries()) {
            entries.putIfAbsent(entry.name(), value(entry.value()));
        }
        return Arguments.of(entries);
    }

    public static FieldTable table(Arguments arguments) {
        List<FieldTable.Entry> entries = new ArrayList<>(arguments.size());
        arguments.entries().forEach((name, value) -> entries.add(new FieldTable.Entry(name, value(value))));
        return FieldTable.of(entries);
    }

    public static ArgumentValue value(FieldValue value) {
        return switch (value) {
            case FieldValue.Bool(boolean is) -> new ArgumentValue.Bool(is);
            case FieldValue.Int(IntType type, long number) -> new ArgumentValue.Whole(number, width(type));
            case FieldValue.Float32(float number) -> new ArgumentValue.Real(number, true);
            case FieldValue.Float64(double number) -> new ArgumentValue.Real(number, false);
            case FieldValue.Decimal(int scale, long unscaled) -> new ArgumentValue.Decimal(scale, unscaled);
            case FieldValue.Text(LongString text) -> new ArgumentValue.Text(ByteString.of(text.octets()));
            case FieldValue.Binary(LongString octets) -> new ArgumentValue.Binary(ByteString.of(octets.octets()));
            case FieldValue.Timestamp(long seconds) -> new ArgumentValue.Timestamp(seconds);
            case FieldValue.Table(FieldTable table) -> new ArgumentValue.Table(arguments(table));
            case FieldValue.Array(List<FieldValue> values) ->
                new ArgumentValue.Sequence(values.stream().map(Tables::value).toList());
            case FieldValue.Nothing() -> new ArgumentValue.Nothing();
        };
    }

    public static FieldValue value(ArgumentValue value) {
        return switch (value) {
            case ArgumentValue.Bool(boolean is) -> new FieldValue.Bool(is);
            case ArgumentValue.Whole(long number, Width width) -> new FieldValue.Int(type(width), number);
            case ArgumentValue.Real(double number, boolean isSingle) ->
                isSingle ? new FieldValue.Float32((float) number) : new FieldValue.Float64(number);
            case ArgumentValue.Decimal(int scale, long unscaled) -> new FieldValue.Decimal(scale, unscaled);
            case ArgumentValue.Text(ByteString text) -> new FieldValue.Text(LongString.of(text.toByteArray()));
            case ArgumentValue.Binary(ByteString octets) -> new FieldValue.Binary(LongString.of(octets.toByteArray()));
            case ArgumentValue.Timestamp(long seconds) -> new FieldValue.Timestamp(seconds);
            case ArgumentValue.Table(Arguments entries) -> new FieldValue.Table(table(entries));
            case ArgumentValue.Sequence(List<ArgumentValue> values) ->
                new FieldValue.Array(values.stream().map(Tables::value).toList());
            case ArgumentValue.Nothing() -> new FieldValue.Nothing();
        };
    }

    private static Width width(IntType type) {
        return switch (type) {
            case INT8 -> Width.BYTE;
            case UINT8 -> Width.UNSIGNED_BYTE;
            case INT16 -> Width.SHORT;
            case UINT16 -> Width.UNSIGNED_SHORT;
            case INT32 -> Width.INT;
            case UINT32 -> Width.UNSIGNED_INT;
            case INT64, INT64_CAPITAL -> Width.LONG;
        };
    }

    private static IntType type(Width width) {
        return switch (width) {
            case BYTE -> IntType.INT8;
            case UNSIGNED_BYTE -> IntType.UINT8;
            case SHORT -> IntType.INT16;
            case UNSIGNED_SHORT -> IntType.UINT16;
            case INT -> IntType.INT32;
            case UNSIGNED_INT -> IntType.UINT32;
            case LONG -> IntType.INT64;
        };
    }
}
