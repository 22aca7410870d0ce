package io.millrace.console.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// The parameter `columns`: which fields are shown, those of objects within objects behind a dot.
///
/// @param paths empty for all
record Columns(List<String> paths) {
    static Columns of(QueryParameters query) {
        return new Columns(query.find("columns")
                .filter(text -> !text.isEmpty())
                .map(text -> List.of(text.split(",", -1)))
                .orElse(List.of()));
    }

    ObjectNode of(ObjectNode tree) {
        if (paths.isEmpty()) {
            return tree;
        }
        ObjectNode chosen = JsonNodeFactory.instance.objectNode();
        paths.forEach(path -> copy(tree, path, chosen));
        return chosen;
    }

    /// A field whose own name has a dot is found as well.
    private static void copy(JsonNode from, String path, ObjectNode to) {
        JsonNode whole = from.get(path);
        if (whole != null) {
            to.set(path, whole);
            return;
        }
        int dot = path.indexOf('.');
        JsonNode inner = dot < 0 ? null : from.get(path.substring(0, dot));
        if (inner != null && inner.isObject()) {
            copy(inner, path.substring(dot + 1), to.withObjectProperty(path.substring(0, dot)));
        }
    }

    /// The value at a path, for sorting.
    static JsonNode find(JsonNode tree, String path) {
        JsonNode whole = tree.get(path);
        int dot = path.indexOf('.');
        if (whole != null || dot < 0) {
            return whole == null ? JsonNodeFactory.instance.missingNode() : whole;
        }
        return find(tree.path(path.substring(0, dot)), path.substring(dot + 1));
    }
}
