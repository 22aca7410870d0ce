package io.millrace.broker.routing;

import io.millrace.model.ArgumentValue;
import io.millrace.model.TextHash;

/// One header a binding asks for, or a message has, in the form in which they are compared. As RabbitMQ compares them:
/// numbers are equal by value, whole or not, and so are a timestamp and its seconds, a string and a byte array.
///
/// @param value [ArgumentValue.Nothing] in a binding for a header that only has to be there
record HeaderPair(String name, ArgumentValue value) {
    private static final ArgumentValue ANY = new ArgumentValue.Nothing();

    static HeaderPair of(String name, ArgumentValue value) {
        return new HeaderPair(name, comparable(value));
    }

    /// What a binding asks for that takes any value of `name`.
    static HeaderPair present(String name) {
        return new HeaderPair(name, ANY);
    }

    private static ArgumentValue comparable(ArgumentValue value) {
        return switch (value) {
            case ArgumentValue.Real real when isWhole(real.value()) -> ArgumentValue.whole((long) real.value());
            case ArgumentValue.Timestamp(long seconds) -> ArgumentValue.whole(seconds);
            case ArgumentValue.Binary(var bytes) -> new ArgumentValue.Text(bytes);
            default -> value;
        };
    }

    private static boolean isWhole(double number) {
        return number == Math.rint(number) && Math.abs(number) < 0x1p53;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(TextHash.of(name) * 31 + value.hashCode());
    }
}
