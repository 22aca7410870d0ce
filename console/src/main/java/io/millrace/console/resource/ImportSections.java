package io.millrace.console.resource;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.console.web.Body;
import io.millrace.console.web.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which parts an export has, and which of them an import takes. Nothing is dropped without a word: an unknown part is
/// refused, one that only counts for the whole cluster is named in the answer. Pure.
final class ImportSections {
    private static final Set<String> OF_CLUSTER =
            Set.of("users", "vhosts", "permissions", "topic_permissions", "global_parameters");
    private static final Set<String> OF_VHOST = Set.of("parameters", "policies", "exchanges", "queues", "bindings");

    /// What an export says of itself.
    private static final Set<String> TITLES = Set.of(
            "rabbit_version",
            "rabbitmq_version",
            "product_name",
            "product_version",
            "rabbitmq_definition_format",
            "original_cluster_name",
            "original_vhost_name",
            "explanation",
            "description",
            "default_queue_type",
            "metadata");

    private ImportSections() {}

    /// @throws Refusal naming parts that are unknown, or no lists of objects
    static void check(Body body) throws Refusal {
        List<String> unknown = new ArrayList<>();
        for (Map.Entry<String, JsonNode> part : body.tree().properties()) {
            boolean isSection = OF_CLUSTER.contains(part.getKey()) || OF_VHOST.contains(part.getKey());
            if (isSection && !isListOfObjects(part.getValue())) {
                throw Refusal.badTerm("not_a_list_of_objects", part.getKey());
            }
            if (!isSection && !TITLES.contains(part.getKey()) && !isNothing(part.getValue())) {
                unknown.add(part.getKey());
            }
        }
        if (!unknown.isEmpty()) {
            throw Refusal.badTerm("unknown_sections", String.join(", ", unknown));
        }
    }

    private static boolean isNothing(JsonNode part) {
        return part.isNull() || part.isContainerNode() && part.isEmpty();
    }

    private static boolean isListOfObjects(JsonNode part) {
        if (isNothing(part)) {
            return true;
        }
        for (JsonNode item : part) {
            if (!item.isObject()) {
                return false;
            }
        }
        return part.isArray();
    }

    /// What an import into one virtual host does not take.
    static List<String> leftOut(Body body) {
        return OF_CLUSTER.stream()
                .filter(part -> !isNothing(body.tree().path(part))
                        && !body.tree().path(part).isMissingNode())
                .sorted()
                .toList();
    }
}
