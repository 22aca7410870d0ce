package io.millrace.model;

import java.util.List;

/// A value of [Arguments], free of any protocol, rich enough that an AMQP 0-9-1 field table comes back as it was.
///
/// Equality is RabbitMQ's: whole numbers are equal by value whatever their width, and so are floating ones; a whole
/// number never equals a floating one, nor text the same bytes as binary. Hash codes depend on content alone.
public sealed interface ArgumentValue {
    static ArgumentValue text(String text) {
        return new Text(ByteString.utf8(text));
    }

    static ArgumentValue whole(long value) {
        return new Whole(value, Width.LONG);
    }

    static ArgumentValue bool(boolean value) {
        return new Bool(value);
    }

    /// How wide a whole number was on the wire; kept so that it returns as it came, never compared.
    enum Width {
        BYTE,
        UNSIGNED_BYTE,
        SHORT,
        UNSIGNED_SHORT,
        INT,
        UNSIGNED_INT,
        LONG
    }

    /// A string. Usually UTF-8, which nobody checks.
    record Text(ByteString bytes) implements ArgumentValue {
        public String asString() {
            return bytes.asUtf8();
        }
    }

    /// A byte array, which is another type than a string.
    record Binary(ByteString bytes) implements ArgumentValue {}

    /// A whole number.
    record Whole(long value, Width width) implements ArgumentValue {
        @Override
        public boolean equals(Object other) {
            return other instanceof Whole that && value == that.value;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(value);
        }
    }

    /// A floating-point number; `isSingle` when it was 32 bits wide.
    record Real(double value, boolean isSingle) implements ArgumentValue {
        @Override
        public boolean equals(Object other) {
            return other instanceof Real that && Double.compare(value, that.value) == 0;
        }

        @Override
        public int hashCode() {
            return Double.hashCode(value);
        }
    }

    /// `unscaled` divided by ten to the power of `scale`; equal only in the same spelling.
    record Decimal(int scale, long unscaled) implements ArgumentValue {}

    /// A truth value.
    record Bool(boolean value) implements ArgumentValue {}

    /// Seconds since 1970.
    record Timestamp(long seconds) implements ArgumentValue {}

    /// Arguments within arguments.
    record Table(Arguments entries) implements ArgumentValue {}

    /// Values in order.
    record Sequence(List<ArgumentValue> values) implements ArgumentValue {
        public Sequence {
            values = List.copyOf(values);
        }
    }

    /// A name without a value. In a headers binding: any value will do.
    record Nothing() implements ArgumentValue {}
}
