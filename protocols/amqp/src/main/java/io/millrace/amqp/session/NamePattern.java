package io.millrace.amqp.session;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// A permission's regular expression. It may match anywhere in a name, as with RabbitMQ; the empty one matches the
/// empty name only. A pattern that takes too long over a name, or is none, does not match.
///
/// Owned by: one connection's loop.
final class NamePattern {
    /// Looks at characters while matching one name; backtracking without end is cut short.
    private static final int LOOKS_MAX = 100_000;

    private final boolean all;
    private final @Nullable Pattern pattern;
    private String lastName = "";
    private boolean lastMatched;

    NamePattern(String expression) {
        this.all = expression.equals(".*") || expression.equals("^.*$") || expression.equals("^.*");
        this.pattern = all ? null : compile(expression.isEmpty() ? "^$" : expression);
        this.lastMatched = find(lastName);
    }

    boolean matches(String name) {
        if (all) {
            return true;
        }
        if (!name.equals(lastName)) {
            lastMatched = find(name);
            lastName = name;
        }
        return lastMatched;
    }

    private boolean find(String name) {
        Pattern known = pattern;
        if (known == null) {
            return all;
        }
        try {
            return known.matcher(new Counted(name, new int[1])).find();
        } catch (TooLong | StackOverflowError endless) {
            return false;
        }
    }

    private static @Nullable Pattern compile(String expression) {
        try {
            return Pattern.compile(expression);
        } catch (PatternSyntaxException none) {
            return null;
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
        private final int[] looks;

        Counted(String name, int[] looks) {
            this.name = name;
            this.looks = looks;
        }

        @Override
        public int length() {
            return name.length();
        }

        @Override
        public char charAt(int index) {
            if (++looks[0] > LOOKS_MAX) {
                throw new TooLong();
            }
            return name.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Counted(name.substring(start, end), looks);
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
