package io.millrace.log.segment;

import java.util.OptionalLong;

/// The names of a segment's files: the base offset in 20 digits and a suffix per kind, as Kafka spells them.
public final class SegmentNames {
    public static final String LOG = ".log";
    public static final String OFFSET_INDEX = ".index";
    public static final String TIME_INDEX = ".timeindex";
    public static final String TXN_INDEX = ".txnindex";
    public static final String SNAPSHOT = ".snapshot";
    public static final String DELETED = ".deleted";
    public static final String CLEANED = ".cleaned";
    public static final String SWAP = ".swap";

    private static final int DIGITS = 20;

    /// The first segment of every log that was never rolled: one string for all of them.
    private static final String FIRST_LOG = "0".repeat(DIGITS).concat(LOG);

    private SegmentNames() {}

    public static String of(long baseOffset, String suffix) {
        if (baseOffset == 0 && suffix.equals(LOG)) {
            return FIRST_LOG;
        }
        String digits = Long.toString(baseOffset);
        return "0".repeat(DIGITS - digits.length()).concat(digits).concat(suffix);
    }

    /// The base offset of a file with exactly this suffix; empty for any other name.
    public static OptionalLong parse(String name, String suffix) {
        if (name.length() != DIGITS + suffix.length() || !name.endsWith(suffix)) {
            return OptionalLong.empty();
        }
        long value = 0;
        for (int i = 0; i < DIGITS; i++) {
            int digit = name.charAt(i) - '0';
            if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
                return OptionalLong.empty();
            }
            value = value * 10 + digit;
        }
        return OptionalLong.of(value);
    }
}
