package io.millrace.broker.message;

import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// What a message's header `x-deduplication-header` says, in as many bytes however long it is: half of its SHA-256, so
/// that nobody finds two values that are taken for the same. Immutable.
public record DeduplicationKey(long high, long low) {
    private static final String HEADER = "x-deduplication-header";

    /// Nothing for a message that is never a duplicate.
    public static Optional<DeduplicationKey> of(Arguments headers) {
        return headers.find(HEADER)
                .filter(value -> !(value instanceof ArgumentValue.Nothing))
                .map(value -> of(spelled(value)));
    }

    /// A number is the same in every width.
    private static String spelled(ArgumentValue value) {
        return switch (value) {
            case ArgumentValue.Text text -> "text " + text.asString();
            case ArgumentValue.Whole whole -> "whole " + whole.value();
            default -> "other " + value;
        };
    }

    private static DeduplicationKey of(String text) {
        ByteBuffer digest = ByteBuffer.wrap(Sha256.of(text.getBytes(StandardCharsets.UTF_8)));
        return new DeduplicationKey(digest.getLong(), digest.getLong());
    }
}
