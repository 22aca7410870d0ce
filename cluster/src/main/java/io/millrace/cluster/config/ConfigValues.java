package io.millrace.cluster.config;

import java.util.Arrays;
import java.util.List;

/// Values as settings write them.
final class ConfigValues {
    /// Stands for every member there is.
    static final String ALL = "*";

    private ConfigValues() {}

    /// The parts of a comma-separated list; an empty text is an empty list.
    static List<String> list(String value) {
        return value.isBlank()
                ? List.of()
                : Arrays.stream(value.strip().split("\\s*,\\s*", -1)).toList();
    }
}
