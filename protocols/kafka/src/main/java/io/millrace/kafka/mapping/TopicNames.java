package io.millrace.kafka.mapping;

/// Which topic names Kafka accepts: 1 to 249 characters of `[a-zA-Z0-9._-]`, not `.` and not `..`.
public final class TopicNames {
    private static final int LENGTH_MAX = 249;

    private TopicNames() {}

    public static boolean isValid(String name) {
        return complaint(name).isEmpty();
    }

    /// What is wrong with a name, for people; empty when nothing is.
    public static String complaint(String name) {
        if (name.isEmpty()) {
            return "Topic name is empty.";
        }
        if (name.equals(".") || name.equals("..")) {
            return "Topic name can not be '" + name + "'.";
        }
        if (name.length() > LENGTH_MAX) {
            return "Topic name has " + name.length() + " characters, " + LENGTH_MAX + " is the most allowed.";
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isLegal(name.charAt(i))) {
                return "Topic name contains a character other than ASCII letters, digits, '.', '_' and '-'.";
            }
        }
        return "";
    }

    private static boolean isLegal(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }
}
