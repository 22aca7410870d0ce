package io.millrace.cli.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A line as a record: the key before the separator, if there is one, and the value.
///
/// @param key null for a record without a key
/// @param value null for a tombstone
@SuppressWarnings("ArrayRecordComponent") // handed straight to the producer, never compared
record LineRecord(byte @Nullable [] key, byte @Nullable [] value) {
    /// How lines are read.
    ///
    /// @param keySeparator empty when lines have no key
    /// @param nullMark what a value is written as when it shall be null; empty for never
    record Rule(byte[] keySeparator, byte[] nullMark) {
        static Rule of(String keySeparator, String nullMark) {
            return new Rule(keySeparator.getBytes(StandardCharsets.UTF_8), nullMark.getBytes(StandardCharsets.UTF_8));
        }
    }

    /// Empty when the line should have a key and has no separator.
    static Optional<LineRecord> read(byte[] line, Rule rule) {
        if (rule.keySeparator().length == 0) {
            return Optional.of(new LineRecord(null, value(line, rule)));
        }
        int at = indexOf(line, rule.keySeparator());
        if (at < 0) {
            return Optional.empty();
        }
        byte[] key = Arrays.copyOfRange(line, 0, at);
        byte[] rest = Arrays.copyOfRange(line, at + rule.keySeparator().length, line.length);
        return Optional.of(new LineRecord(key, value(rest, rule)));
    }

    private static byte @Nullable [] value(byte[] bytes, Rule rule) {
        return rule.nullMark().length > 0 && Arrays.equals(bytes, rule.nullMark()) ? null : bytes;
    }

    private static int indexOf(byte[] line, byte[] wanted) {
        for (int i = 0; i <= line.length - wanted.length; i++) {
            if (Arrays.equals(line, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        return -1;
    }
}
