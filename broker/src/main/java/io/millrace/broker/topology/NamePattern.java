package io.millrace.broker.topology;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// A regular expression somebody outside wrote, for names: it may match anywhere in a name, as with RabbitMQ; the empty
/// one matches the empty name only. A brace that begins no count is a letter, as in RabbitMQ's regular expressions, so
/// that `{username}` may stand in a topic permission. A pattern that takes too long over a name, or is none, does not
/// match. Immutable.
public final class NamePattern {
    /// Looks at characters while matching one name; backtracking without end is cut short.
    private static final int LOOKS_MAX = 100_000;

    private static final Pattern BRACE =
            Pattern.compile("\\\\Q.*?(?:\\\\E|$)|\\\\[pPxNkg]\\{|\\\\.|\\{(?!\\d+(,\\d*)?})", Pattern.DOTALL);

    private final @Nullable Pattern pattern;

    /// Whether a try at the beginning of a line tells all: `.*` takes whatever comes first.
    private final boolean takesAnyBeginning;

    public NamePattern(String expression) {
        this.pattern = compile(expression.isEmpty() ? "^$" : expression);
        this.takesAnyBeginning = expression.startsWith(".*") && expression.indexOf('|') < 0;
    }

    private static @Nullable Pattern compile(String expression) {
        try {
            return Pattern.compile(withPlainBraces(expression));
        } catch (PatternSyntaxException | StackOverflowError none) {
            return null;
        }
    }

    private static String withPlainBraces(String expression) {
        return expression.indexOf('{') < 0
                ? expression
                : BRACE.matcher(expression)
                        .replaceAll(
                                found -> Matcher.quoteReplacement(found.group().equals("{") ? "\\{" : found.group()));
    }

    /// Whether the expression is one.
    public boolean isValid() {
        return pattern != null;
    }

    public boolean matches(String name) {
        return matches(new Counted(name));
    }

    /// How often a match looks at characters of `name`, [Integer#MAX_VALUE] when it takes too long.
    public int looks(String name) {
        Counted counted = new Counted(name);
        matches(counted);
        return counted.looks > LOOKS_MAX ? Integer.MAX_VALUE : counted.looks;
    }

    private boolean matches(Counted name) {
        Pattern known = pattern;
        if (known == null) {
            return false;
        }
        try {
            Matcher matcher = known.matcher(name);
            return takesAnyBeginning && name.isOneLine() ? matcher.lookingAt() : matcher.find();
        } catch (TooLong | StackOverflowError endless) {
            return false;
        }
    }

    private static final class TooLong extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooLong() {
            super(null, null, false, false);
        }
    }

    /// A name that may be looked at only so often.
    private static final class Counted implements CharSequence {
        private final String name;
        private int looks;

        Counted(String name) {
            this.name = name;
        }

        /// As `.` sees lines.
        boolean isOneLine() {
            return name.chars()
                    .noneMatch(letter -> letter < ' ' || letter == 0x85 || letter == 0x2028 || letter == 0x2029);
        }

        @Override
        public int length() {
            return name.length();
        }

        @Override
        public char charAt(int index) {
            if (++looks > LOOKS_MAX) {
                throw new TooLong();
            }
            return name.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return name.substring(start, end); // what matched: nobody looks for more in it
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
