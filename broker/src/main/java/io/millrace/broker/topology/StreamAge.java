package io.millrace.broker.topology;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How long a stream keeps messages: `x-max-age` and the policy key `max-age`, a number and a unit such as `7D`.
public final class StreamAge {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([YMDhms])");
    private static final long SECOND_MS = 1_000;
    private static final long DAY_MS = 86_400 * SECOND_MS;

    private StreamAge() {}

    /// In milliseconds; nothing when `age` is no age.
    public static OptionalLong milliseconds(String age) {
        Matcher parts = FORM.matcher(age);
        return parts.matches()
                ? OptionalLong.of(Long.parseLong(parts.group(1)) * unitMs(parts.group(2)))
                : OptionalLong.empty();
    }

    /// Whether a stream may be told to keep messages so long.
    public static boolean isLimit(String age) {
        return milliseconds(age).orElse(0) > 0;
    }

    /// A month has thirty days, a year 365.
    private static long unitMs(String unit) {
        return switch (unit) {
            case "Y" -> 365 * DAY_MS;
            case "M" -> 30 * DAY_MS;
            case "D" -> DAY_MS;
            case "h" -> 3_600 * SECOND_MS;
            case "m" -> 60 * SECOND_MS;
            default -> SECOND_MS;
        };
    }
}
