package io.millrace.console.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;

/// A request's body: an object whose fields are what clients give, sometimes texts where RabbitMQ's own tools mean
/// something else.
public record Body(JsonNode tree) {
    /// @throws Refusal naming the fields that are not there
    public void require(String... fields) throws Refusal {
        List<String> missing = new ArrayList<>();
        for (String field : fields) {
            if (!tree.has(field)) {
                missing.add("{key_missing," + field + "}");
            }
        }
        if (!missing.isEmpty()) {
            throw Refusal.badRequest("[" + String.join(",", missing) + "]");
        }
    }

    public boolean has(String field) {
        return tree.has(field);
    }

    /// Empty when it is not there or no text.
    public String text(String field) {
        return tree.path(field).asText("");
    }

    public String text(String field, String standard) {
        return tree.hasNonNull(field) ? text(field) : standard;
    }

    public boolean bool(String field) throws Refusal {
        JsonNode given = tree.path(field);
        if (given.isMissingNode() || given.isNull()) {
            return false;
        }
        return switch (given.asText()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw Refusal.badTerm("not_boolean", given.asText());
        };
    }

    public int number(String field) throws Refusal {
        JsonNode given = tree.path(field);
        try {
            return given.isIntegralNumber() ? given.intValue() : Integer.parseInt(given.asText());
        } catch (NumberFormatException none) {
            throw Refusal.badTerm("not_a_number", given.asText());
        }
    }

    /// An object; an empty one for what is not there. Some clients write an empty object as an empty list.
    public JsonNode object(String field) {
        JsonNode given = tree.path(field);
        return given.isObject() ? given : JsonNodeFactory.instance.objectNode();
    }

    /// The objects of a list.
    public List<Body> list(String field) {
        List<Body> items = new ArrayList<>();
        tree.path(field).forEach(item -> items.add(new Body(item)));
        return items;
    }

    /// Tags: a list, or a text with commas.
    public List<String> tags(String field) {
        List<String> tags = new ArrayList<>();
        if (tree.path(field).isArray()) {
            tree.path(field).forEach(tag -> tags.add(tag.asText()));
        } else {
            for (String tag : text(field).split(",", -1)) {
                if (!tag.isBlank()) {
                    tags.add(tag.trim());
                }
            }
        }
        return tags;
    }
}
