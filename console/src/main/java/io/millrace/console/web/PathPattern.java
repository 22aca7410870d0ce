package io.millrace.console.web;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A path with variables: `/api/queues/{vhost}/{name}`.
record PathPattern(List<String> segments) {
    static PathPattern of(String text) {
        return new PathPattern(segments(text));
    }

    /// Segments as they were sent; one empty one at the end is none.
    static List<String> segments(String path) {
        String body = path.startsWith("/") ? path.substring(1) : path;
        if (body.endsWith("/")) {
            body = body.substring(0, body.length() - 1);
        }
        return List.of(body.split("/", -1));
    }

    /// The variables, decoded; nothing when the path is another one.
    Optional<Map<String, String>> match(List<String> path) {
        if (path.size() != segments.size()) {
            return Optional.empty();
        }
        Map<String, String> variables = new LinkedHashMap<>();
        for (int at = 0; at < path.size(); at++) {
            String wanted = segments.get(at);
            String given = Percent.decode(path.get(at), false);
            if (wanted.startsWith("{")) {
                variables.put(wanted.substring(1, wanted.length() - 1), given);
            } else if (!wanted.equals(given)) {
                return Optional.empty();
            }
        }
        return Optional.of(variables);
    }
}
