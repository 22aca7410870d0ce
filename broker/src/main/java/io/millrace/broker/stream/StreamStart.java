package io.millrace.broker.stream;

import io.millrace.broker.topology.StreamAge;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import java.util.Optional;
import java.util.OptionalLong;

/// Where a consumer of a stream begins: its argument `x-stream-offset`, as RabbitMQ reads it.
public sealed interface StreamStart {
    String ARGUMENT = "x-stream-offset";

    /// With the first message there is.
    record First() implements StreamStart {}

    /// With the last message there is.
    record Last() implements StreamStart {}

    /// With what comes from now on.
    record Next() implements StreamStart {}

    /// With this offset, or the nearest there is.
    record At(long offset) implements StreamStart {}

    /// With the first message that is not older.
    record Since(long timestampMs) implements StreamStart {}

    /// What the arguments say: a word, an offset, a time, or an age such as `1h`; [Next] when they say nothing.
    ///
    /// @return nothing when the value is none of these
    static Optional<StreamStart> of(Arguments arguments, long nowMs) {
        return switch (arguments.find(ARGUMENT).orElse(ArgumentValue.text("next"))) {
            case ArgumentValue.Text text -> ofText(text.asString(), nowMs);
            case ArgumentValue.Whole whole -> Optional.of(new At(Math.max(0, whole.value())));
            case ArgumentValue.Timestamp(long seconds) -> Optional.of(new Since(milliseconds(seconds)));
            default -> Optional.empty();
        };
    }

    private static Optional<StreamStart> ofText(String text, long nowMs) {
        return switch (text) {
            case "first" -> Optional.of(new First());
            case "last" -> Optional.of(new Last());
            case "next" -> Optional.of(new Next());
            default -> {
                OptionalLong age = StreamAge.milliseconds(text);
                yield age.isPresent() ? Optional.of(new Since(Math.max(0, nowMs - age.getAsLong()))) : Optional.empty();
            }
        };
    }

    /// Of any number a client may send.
    private static long milliseconds(long seconds) {
        return seconds < 0 ? 0 : Math.min(seconds, Long.MAX_VALUE / 1_000) * 1_000;
    }
}
