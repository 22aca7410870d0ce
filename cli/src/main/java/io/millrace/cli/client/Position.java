package io.millrace.cli.client;

import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A place in a log, as a user names it.
public sealed interface Position {
    /// The first record there is.
    record Earliest() implements Position {}

    /// After the last record.
    record Latest() implements Position {}

    /// That offset.
    record At(long offset) implements Position {}

    /// So many records after (or, negative, before) where one is.
    record Shift(long by) implements Position {}

    /// The first record that is not older.
    record Time(long timestampMs) implements Position {}

    /// Also `beginning` and `end`, as Kafka's tools and kcat call the ends of a log. A time is ISO 8601 with its zone;
    /// seconds may be left out.
    ///
    /// @throws IllegalArgumentException when it is none of these
    static Position parse(String text) {
        if (text.equals("earliest") || text.equals("beginning")) {
            return new Earliest();
        } else if (text.equals("latest") || text.equals("end")) {
            return new Latest();
        } else if (text.matches("\\d{1,18}")) {
            return new At(Long.parseLong(text));
        } else if (text.matches("[+-]\\d{1,18}")) {
            return new Shift(Long.parseLong(text));
        }
        try {
            return new Time(OffsetDateTime.parse(text).toInstant().toEpochMilli());
        } catch (DateTimeParseException notATime) {
            throw new IllegalArgumentException("'" + text
                    + "' is none of earliest, latest, an offset, +N, -N and a time such as 2026-11-22T10:00:00Z");
        }
    }

    /// For picocli.
    final class Converter implements ITypeConverter<Position> {
        @Override
        public Position convert(String text) {
            try {
                return parse(text);
            } catch (IllegalArgumentException wrong) {
                throw new TypeConversionException(wrong.getMessage());
            }
        }
    }
}
