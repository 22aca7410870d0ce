package io.millrace.cluster.config;

import io.millrace.broker.catalog.ConfigEntry;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// What values of a setting's type are accepted. Answers the reason a value is refused, in Kafka's words.
@FunctionalInterface
interface ConfigRule {
    /// @param value of the right type, with surrounding blanks removed
    Optional<String> refuse(String name, String value);

    ConfigRule ANY = (name, value) -> Optional.empty();

    private static Optional<String> invalid(String name, String value, String why) {
        return Optional.of("Invalid value " + value + " for configuration " + name + ": " + why);
    }

    static ConfigRule atLeast(long min) {
        return between(min, Long.MAX_VALUE);
    }

    static ConfigRule between(long min, long max) {
        return (name, value) -> {
            long number = Long.parseLong(value);
            if (number < min) {
                return invalid(name, value, "Value must be at least " + min);
            }
            return number > max ? invalid(name, value, "Value must be no more than " + max) : Optional.empty();
        };
    }

    static ConfigRule betweenOr(long min, long max, long exception) {
        return (name, value) -> {
            long number = Long.parseLong(value);
            return number == exception || number >= min && number <= max
                    ? Optional.empty()
                    : invalid(
                            name, value, "Value must be between " + min + " and " + max + " or equal to " + exception);
        };
    }

    static ConfigRule ratio() {
        return (name, value) -> {
            double number = Double.parseDouble(value);
            if (number < 0 || Double.isNaN(number)) {
                return invalid(name, Double.toString(number), "Value must be at least 0");
            }
            return number > 1
                    ? invalid(name, Double.toString(number), "Value must be no more than 1")
                    : Optional.empty();
        };
    }

    static ConfigRule oneOf(String... words) {
        List<String> known = List.of(words);
        return (name, value) -> known.contains(value)
                ? Optional.empty()
                : invalid(name, value, "String must be one of: " + String.join(", ", known));
    }

    static ConfigRule listOf(String... words) {
        ConfigRule each = oneOf(words);
        return (name, value) -> {
            List<String> parts = ConfigValues.list(value);
            if (parts.contains("")) {
                return Optional.of("Configuration '" + name + "' values must not be empty.");
            }
            return parts.stream()
                    .map(part -> each.refuse(name, part))
                    .flatMap(Optional::stream)
                    .findFirst();
        };
    }

    /// `*`, or a list of `partition:node`.
    static ConfigRule throttledReplicas() {
        Pattern replica = Pattern.compile("[0-9]+:[0-9]+");
        return (name, value) -> {
            List<String> parts = ConfigValues.list(value);
            if (value.equals(ConfigValues.ALL)
                    || parts.stream().allMatch(part -> replica.matcher(part).matches())) {
                return Optional.empty();
            }
            return invalid(
                    name,
                    parts.toString(),
                    name + " must be the literal '*' or a list of replicas in the following format: "
                            + "[partitionId]:[brokerId],[partitionId]:[brokerId],...");
        };
    }

    /// The check of the type itself, before the rule.
    static Optional<String> refuseType(ConfigEntry.Type type, String name, String value) {
        return switch (type) {
            case BOOLEAN ->
                value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false")
                        ? Optional.empty()
                        : invalid(name, value, "Expected value to be either true or false");
            case INT -> refuseNumber(name, value, "INT", Integer.MIN_VALUE, Integer.MAX_VALUE);
            case SHORT -> refuseNumber(name, value, "SHORT", Short.MIN_VALUE, Short.MAX_VALUE);
            case LONG -> refuseNumber(name, value, "LONG", Long.MIN_VALUE, Long.MAX_VALUE);
            case DOUBLE -> refuseDouble(name, value);
            case STRING, LIST, CLASS, PASSWORD -> Optional.empty();
        };
    }

    private static Optional<String> refuseNumber(String name, String value, String type, long min, long max) {
        try {
            long number = Long.parseLong(value);
            if (number >= min && number <= max) {
                return Optional.empty();
            }
        } catch (NumberFormatException e) {
            return invalid(name, value, "Not a number of type " + type);
        }
        return invalid(name, value, "Not a number of type " + type);
    }

    private static Optional<String> refuseDouble(String name, String value) {
        try {
            Double.parseDouble(value);
            return Optional.empty();
        } catch (NumberFormatException e) {
            return invalid(name, value, "Not a number of type DOUBLE");
        }
    }
}
