package io.millrace.console.resource;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.broker.topology.NamePattern;
import io.millrace.broker.topology.PolicyTarget;
import io.millrace.broker.topology.PolicyView;
import io.millrace.broker.topology.StreamAge;
import io.millrace.console.json.Json;
import io.millrace.console.web.Body;
import io.millrace.console.web.Refusal;
import io.millrace.model.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a policy may say, in RabbitMQ's words. Pure.
///
/// Not every setting taken has an effect here (exports have those of mirrored queues): management.md says which.
final class PolicyRules {
    private static final Set<String> OPERATOR = Set.of(
            "expires",
            "message-ttl",
            "max-length",
            "max-length-bytes",
            "max-in-memory-length",
            "max-in-memory-bytes",
            "delivery-limit");

    /// Those whose values are whole numbers, and what RabbitMQ calls them.
    private static final Map<String, String> NUMBERS = Map.of(
            "expires", "queue expiry",
            "message-ttl", "message TTL",
            "max-length", "maximum length",
            "max-length-bytes", "maximum length in bytes",
            "max-in-memory-length", "maximum memory in length",
            "max-in-memory-bytes", "maximum memory in bytes",
            "delivery-limit", "delivery limit");

    private static final Map<String, String> TEXTS = Map.of(
            "dead-letter-exchange", "dead letter exchange name",
            "dead-letter-routing-key", "dead letter routing key",
            "alternate-exchange", "alternate exchange name");

    private static final Map<String, Set<String>> WORDS = Map.of(
            "overflow", Set.of("drop-head", "reject-publish", "reject-publish-dlx"),
            "queue-mode", Set.of("default", "lazy"),
            "dead-letter-strategy", Set.of("at-most-once", "at-least-once"));

    private static final Set<String> WITHOUT_CHECK = Set.of(
            "ha-mode",
            "ha-params",
            "ha-sync-mode",
            "ha-sync-batch-size",
            "ha-promote-on-shutdown",
            "ha-promote-on-failure",
            "queue-master-locator",
            "queue-leader-locator",
            "queue-version",
            "initial-cluster-size",
            "stream-max-segment-size-bytes",
            "stream-filter-size-bytes",
            "consumer-timeout");

    private static final String MAX_AGE = "max-age";

    private PolicyRules() {}

    /// A body has to have what RabbitMQ wants of a request.
    static PolicyView required(String name, Body body, boolean operator) throws Refusal {
        body.require("pattern", "definition");
        return read(name, body, operator);
    }

    static PolicyView read(String name, Body body, boolean operator) throws Refusal {
        Arguments definition = definition(body.tree().path("definition"), operator);
        JsonNode pattern = body.tree().path("pattern");
        if (!pattern.isTextual()) {
            throw invalid("pattern should be a binary but was " + term(pattern));
        }
        if (!new NamePattern(pattern.textValue()).isValid()) {
            throw invalid("pattern should be regular expression but is invalid: " + term(pattern));
        }
        String target = body.text("apply-to", PolicyTarget.ALL.word());
        return new PolicyView(
                name,
                pattern.textValue(),
                PolicyTarget.find(target)
                        .orElseThrow(() -> invalid("apply-to '" + target
                                + "' unrecognised; should be 'queues', 'classic_queues', 'quorum_queues', 'streams',"
                                + " 'exchanges' or 'all'")),
                priority(body.tree().path("priority")),
                definition);
    }

    private static int priority(JsonNode given) throws Refusal {
        if (given.isMissingNode() || given.isNull()) {
            return 0;
        }
        if (!given.isIntegralNumber() || !given.canConvertToInt()) {
            throw invalid("priority should be a number, actually was " + term(given));
        }
        return given.intValue();
    }

    private static Arguments definition(JsonNode given, boolean operator) throws Refusal {
        if (given.isEmpty()) {
            throw invalid("no policy provided");
        }
        if (!given.isObject()) {
            throw invalid("the definition should be an object, actually was " + term(given));
        }
        List<String> unknown = new ArrayList<>();
        for (Map.Entry<String, JsonNode> setting : given.properties()) {
            if (!isKnown(setting.getKey(), operator)) {
                unknown.add("{<<\"" + setting.getKey() + "\">>," + term(setting.getValue()) + "}");
            }
        }
        if (!unknown.isEmpty()) {
            throw invalid("[" + String.join(",\n ", unknown) + "] are not recognised policy settings");
        }
        for (Map.Entry<String, JsonNode> setting : given.properties()) {
            check(setting.getKey(), setting.getValue());
        }
        return Json.arguments(given);
    }

    private static boolean isKnown(String key, boolean operator) {
        return operator
                ? OPERATOR.contains(key)
                : NUMBERS.containsKey(key)
                        || TEXTS.containsKey(key)
                        || WORDS.containsKey(key)
                        || WITHOUT_CHECK.contains(key)
                        || key.equals(MAX_AGE);
    }

    private static void check(String key, JsonNode value) throws Refusal {
        if (NUMBERS.containsKey(key)) {
            long least = key.equals("expires") ? 1 : 0;
            boolean isGood = value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= least;
            checked(isGood, value, NUMBERS.get(key));
        } else if (TEXTS.containsKey(key)) {
            checked(value.isTextual(), value, TEXTS.get(key));
        } else if (WORDS.containsKey(key)) {
            checked(value.isTextual() && WORDS.get(key).contains(value.textValue()), value, key + " value");
        } else if (key.equals(MAX_AGE)) {
            boolean isAge = value.isTextual() && StreamAge.isLimit(value.textValue());
            checked(isAge, value, "max age");
        }
    }

    private static void checked(boolean isGood, JsonNode value, String what) throws Refusal {
        if (!isGood) {
            throw invalid(term(value) + " is not a valid " + what);
        }
    }

    /// RabbitMQ's frame round what is wrong with a parameter.
    static Refusal invalid(String what) {
        return Refusal.badRequest("Validation failed\n\n" + what + "\n");
    }

    /// A value as RabbitMQ shows its terms.
    static String term(JsonNode value) {
        return value.isTextual() ? "<<\"" + value.textValue() + "\">>" : value.toString();
    }
}
