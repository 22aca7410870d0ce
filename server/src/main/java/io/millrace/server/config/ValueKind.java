package io.millrace.server.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The kinds of value a key may have, and how each is written as text in a file, a variable or a flag.
public enum ValueKind {
    INT("a whole number"),
    LONG("a whole number"),
    BOOLEAN("true or false"),
    TEXT("text"),
    ENDPOINT("HOST:PORT or empty"),
    LIST("one or more, separated by commas");

    private final String allowed;

    ValueKind(String allowed) {
        this.allowed = allowed;
    }

    /// What may be written, in words for an operator.
    public String allowed() {
        return allowed;
    }

    /// The kind for a component of this type; empty when no single value can fill it.
    static Optional<ValueKind> of(Class<?> type) {
        if (type == int.class) {
            return Optional.of(INT);
        } else if (type == long.class) {
            return Optional.of(LONG);
        } else if (type == boolean.class) {
            return Optional.of(BOOLEAN);
        } else if (type == String.class) {
            return Optional.of(TEXT);
        } else if (type == Endpoint.class) {
            return Optional.of(ENDPOINT);
        }
        return type == List.class ? Optional.of(LIST) : Optional.empty();
    }

    /// @throws ConfigException naming the key, the value and what is allowed
    Object parse(String key, String text) {
        return switch (this) {
            case INT -> Math.toIntExact(number(key, text, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case LONG -> number(key, text, Long.MIN_VALUE, Long.MAX_VALUE);
            case BOOLEAN -> truth(key, text);
            case TEXT -> text;
            case ENDPOINT -> Endpoint.parse(key, text);
            case LIST ->
                Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .filter(each -> !each.isEmpty())
                        .toList();
        };
    }

    String format(Object value) {
        return value instanceof List<?> list
                ? String.join(",", list.stream().map(Object::toString).toList())
                : value.toString();
    }

    private static boolean truth(String key, String text) {
        return switch (text.strip()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new ConfigException(key + " must be true or false, it is '" + text + "'");
        };
    }

    /// Digits may be grouped with `_`, as YAML and Java allow.
    private static long number(String key, String text, long min, long max) {
        try {
            long value = Long.parseLong(text.strip().replace("_", ""));
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            throw new ConfigException(key + " must be a whole number, it is '" + text + "'");
        }
        throw new ConfigException(key + " must be " + min + " to " + max + ", it is '" + text + "'");
    }
}
