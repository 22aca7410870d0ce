package io.millrace.console.resource;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.console.json.Json;
import io.millrace.console.web.Refusal;
import io.millrace.model.ArgumentValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What limits there are, and what a table of them may say, in RabbitMQ's words. Pure.
enum LimitRules {
    OF_VHOST("vhost", "limits", "max-queues"),
    OF_USER("user", "user-limits", "max-channels");

    private final String field;
    private final String word;
    /// Beside connections.
    private final String limited;

    LimitRules(String field, String word, String limited) {
        this.field = field;
        this.word = word;
        this.limited = limited;
    }

    /// What an answer calls whoever is limited.
    String field() {
        return field;
    }

    ArgumentValue.Table read(JsonNode given) throws Refusal {
        if (!given.isObject()) {
            throw refusal(word + " not a list " + PolicyRules.term(given));
        }
        List<String> unknown = new ArrayList<>();
        for (Map.Entry<String, JsonNode> limit : given.properties()) {
            if (!limit.getKey().equals(limited) && !limit.getKey().equals("max-connections")) {
                unknown.add("{<<\"" + limit.getKey() + "\">>," + PolicyRules.term(limit.getValue()) + "}");
            } else if (!limit.getValue().isIntegralNumber() || !limit.getValue().canConvertToLong()) {
                throw refusal(
                        limit.getKey() + " should be a number, actually was " + PolicyRules.term(limit.getValue()));
            }
        }
        if (!unknown.isEmpty()) {
            throw refusal("Unrecognised terms [" + String.join(",", unknown) + "] in " + word);
        }
        return new ArgumentValue.Table(Json.arguments(given));
    }

    private Refusal refusal(String what) {
        return this == OF_VHOST ? PolicyRules.invalid(what) : Refusal.badRequest(what);
    }
}
