package io.millrace.amqp.codec.wire;

import io.millrace.amqp.codec.wire.FieldValue.IntType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Values from bytes that [TableCheck] accepted.
final class TableReader {
    private TableReader() {}

    static List<FieldTable.Entry> entries(byte[] bytes, int from, int to) {
        List<FieldTable.Entry> entries = new ArrayList<>();
        int at = from;
        while (at < to) {
            int length = BigEndian.uint8(bytes, at);
            int value = at + 1 + length;
            entries.add(new FieldTable.Entry(ShortStrings.decode(bytes, at + 1, length), value(bytes, value)));
            at = TableCheck.skip(bytes, value);
        }
        return List.copyOf(entries);
    }

    static Optional<FieldValue> find(byte[] bytes, int from, int to, String name) {
        int at = from;
        while (at < to) {
            int length = BigEndian.uint8(bytes, at);
            int value = at + 1 + length;
            if (ShortStrings.matches(bytes, at + 1, length, name)) {
                return Optional.of(value(bytes, value));
            }
            at = TableCheck.skip(bytes, value);
        }
        return Optional.empty();
    }

    private static FieldValue value(byte[] bytes, int letterAt) {
        int at = letterAt + 1;
        return switch (bytes[letterAt]) {
            case 'S' -> new FieldValue.Text(longString(bytes, at));
            case 'x' -> new FieldValue.Binary(longString(bytes, at));
            case 't' -> new FieldValue.Bool(bytes[at] != 0);
            case 'b' -> new FieldValue.Int(IntType.INT8, bytes[at]);
            case 'B' -> new FieldValue.Int(IntType.UINT8, BigEndian.uint8(bytes, at));
            case 's' -> new FieldValue.Int(IntType.INT16, BigEndian.int16(bytes, at));
            case 'u' -> new FieldValue.Int(IntType.UINT16, BigEndian.uint16(bytes, at));
            case 'I' -> new FieldValue.Int(IntType.INT32, BigEndian.int32(bytes, at));
            case 'i' -> new FieldValue.Int(IntType.UINT32, BigEndian.uint32(bytes, at));
            case 'l' -> new FieldValue.Int(IntType.INT64, BigEndian.int64(bytes, at));
            case 'L' -> new FieldValue.Int(IntType.INT64_CAPITAL, BigEndian.int64(bytes, at));
            case 'f' -> new FieldValue.Float32(Float.intBitsToFloat(BigEndian.int32(bytes, at)));
            case 'd' -> new FieldValue.Float64(Double.longBitsToDouble(BigEndian.int64(bytes, at)));
            case 'D' -> new FieldValue.Decimal(BigEndian.uint8(bytes, at), BigEndian.uint32(bytes, at + 1));
            case 'T' -> new FieldValue.Timestamp(BigEndian.int64(bytes, at));
            case 'F' -> new FieldValue.Table(new FieldTable(bytes, start(at), end(bytes, at)));
            case 'A' -> array(bytes, start(at), end(bytes, at));
            case 'V' -> new FieldValue.Nothing();
            default -> throw new IllegalStateException("a table was not checked: letter " + bytes[letterAt]);
        };
    }

    private static FieldValue array(byte[] bytes, int from, int to) {
        List<FieldValue> values = new ArrayList<>();
        int at = from;
        while (at < to) {
            values.add(value(bytes, at));
            at = TableCheck.skip(bytes, at);
        }
        return new FieldValue.Array(values);
    }

    private static LongString longString(byte[] bytes, int at) {
        return LongString.owning(Arrays.copyOfRange(bytes, start(at), end(bytes, at)));
    }

    private static int start(int lengthAt) {
        return lengthAt + Integer.BYTES;
    }

    private static int end(byte[] bytes, int lengthAt) {
        return start(lengthAt) + BigEndian.int32(bytes, lengthAt);
    }
}
