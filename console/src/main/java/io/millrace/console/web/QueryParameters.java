package io.millrace.console.web;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What stands behind the question mark; of a name given twice the first value counts.
public final class QueryParameters {
    private final Map<String, String> values = new LinkedHashMap<>();

    QueryParameters(String query) {
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            if (!name.isEmpty()) {
                values.putIfAbsent(
                        Percent.decode(name, true), equals < 0 ? "" : Percent.decode(pair.substring(equals + 1), true));
            }
        }
    }

    public Optional<String> find(String name) {
        return Optional.ofNullable(values.get(name));
    }

    public boolean isTrue(String name) {
        return "true".equals(values.get(name));
    }
}
