package io.millrace.amqp.codec.wire;

import io.millrace.amqp.codec.wire.FieldValue.IntType;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.List;

/// Random tables, values and names.
public final class Tables {
    private Tables() {}

    public static FieldTable any(SeededRandomness random) {
        return any(random, 3);
    }

    private static FieldTable any(SeededRandomness random, int depth) {
        List<FieldTable.Entry> entries = new ArrayList<>();
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            entries.add(new FieldTable.Entry(text(random, 12), value(random, depth)));
        }
        return FieldTable.of(entries);
    }

    static FieldValue value(SeededRandomness random, int depth) {
        return switch (random.nextInt(depth > 0 ? 13 : 11)) {
            case 0, 1 -> FieldValue.Text.of(text(random, 40));
            case 2 -> new FieldValue.Binary(LongString.of(random.bytes(random.nextInt(20))));
            case 3, 4 -> integer(random, random.pick(List.of(IntType.values())));
            case 5 -> new FieldValue.Bool(random.nextBoolean());
            case 6 -> new FieldValue.Float32(Float.intBitsToFloat((int) random.nextLong() & 0x7f7f_ffff));
            case 7 -> new FieldValue.Float64(random.nextDouble() * 1e9);
            case 8 -> new FieldValue.Decimal(random.nextInt(256), random.nextLong() & 0xffff_ffffL);
            case 9 -> new FieldValue.Timestamp(random.nextLong());
            case 10 -> new FieldValue.Nothing();
            case 11 -> new FieldValue.Table(any(random, depth - 1));
            default -> array(random, depth - 1);
        };
    }

    static FieldValue integer(SeededRandomness random, IntType type) {
        long span = type.max() - type.min();
        long value = span == -1 ? random.nextLong() : type.min() + Long.remainderUnsigned(random.nextLong(), span + 1);
        return new FieldValue.Int(type, value);
    }

    /// Up to `max` characters, of one to four octets each.
    public static String text(SeededRandomness random, int max) {
        StringBuilder text = new StringBuilder();
        int count = random.nextInt(max + 1);
        for (int i = 0; i < count; i++) {
            text.append(
                    random.onceIn(8)
                            ? random.pick(List.of("é", "→", "😀", "\ufffd"))
                            : "" + (char) random.between(' ', '~'));
        }
        return text.toString();
    }

    private static FieldValue array(SeededRandomness random, int depth) {
        List<FieldValue> values = new ArrayList<>();
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            values.add(value(random, depth));
        }
        return new FieldValue.Array(values);
    }
}
