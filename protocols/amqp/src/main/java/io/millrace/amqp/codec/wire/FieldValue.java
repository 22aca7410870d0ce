package io.millrace.amqp.codec.wire;

import java.util.List;

/// A value of a field table. There is one form for each of RabbitMQ's type letters, so that a value goes out as it came
/// in. <https://www.rabbitmq.com/amqp-0-9-1-errata.html> has the letters; they are not those of the 0-9-1 text.
public sealed interface FieldValue {
    /// `t`
    record Bool(boolean value) implements FieldValue {}

    /// `b B s u I i l L`
    record Int(IntType type, long value) implements FieldValue {
        public Int {
            if (value < type.min() || value > type.max()) {
                throw new IllegalArgumentException(value + " is no " + type);
            }
        }
    }

    /// `f`
    record Float32(float value) implements FieldValue {}

    /// `d`
    record Float64(double value) implements FieldValue {}

    /// `D`: `unscaled` / 10^`scale`. RabbitMQ reads both without sign.
    record Decimal(int scale, long unscaled) implements FieldValue {
        public Decimal {
            if (scale < 0 || scale > 0xff || unscaled < 0 || unscaled > 0xffff_ffffL) {
                throw new IllegalArgumentException("decimal of " + unscaled + " and scale " + scale);
            }
        }
    }

    /// `S`
    record Text(LongString value) implements FieldValue {
        public static Text of(String text) {
            return new Text(LongString.of(text));
        }
    }

    /// `x`
    record Binary(LongString value) implements FieldValue {}

    /// `T`: seconds since 1970, 64 bits without sign.
    record Timestamp(long seconds) implements FieldValue {}

    /// `F`
    record Table(FieldTable value) implements FieldValue {}

    /// `A`
    record Array(List<FieldValue> values) implements FieldValue {
        public Array {
            values = List.copyOf(values);
        }
    }

    /// `V`
    record Nothing() implements FieldValue {}

    /// The widths of whole numbers. RabbitMQ reads both `l` and `L` as 64 bits with a sign.
    enum IntType {
        INT8('b', 1, true),
        UINT8('B', 1, false),
        INT16('s', 2, true),
        UINT16('u', 2, false),
        INT32('I', 4, true),
        UINT32('i', 4, false),
        INT64('l', 8, true),
        INT64_CAPITAL('L', 8, true);

        private final char letter;
        private final int bytes;
        private final boolean signed;

        IntType(char letter, int bytes, boolean signed) {
            this.letter = letter;
            this.bytes = bytes;
            this.signed = signed;
        }

        char letter() {
            return letter;
        }

        int bytes() {
            return bytes;
        }

        long min() {
            return signed ? -1L << (bytes * 8 - 1) : 0;
        }

        long max() {
            return signed ? ~min() : (1L << (bytes * 8)) - 1;
        }
    }
}
