package io.millrace.kafka.mapping;

import io.millrace.broker.catalog.Outcome;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// The error message fields of admin responses.
public final class Messages {
    private Messages() {}

    /// Null on success; otherwise what the outcome says, or the error's own sentence when it says nothing.
    public static @Nullable String of(Outcome outcome) {
        if (outcome.isOk()) {
            return null;
        }
        Errors error = ErrorCodes.of(outcome.error());
        return outcome.message().isEmpty() ? error.message() : outcome.message();
    }
}
