package io.millrace.cluster.config;

import io.millrace.broker.catalog.CatalogChanges.ConfigChange;
import io.millrace.broker.catalog.CatalogChanges.ConfigChanges;
import io.millrace.broker.catalog.CatalogChanges.Operation;
import io.millrace.broker.catalog.ConfigEntry;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.Outcome;
import io.millrace.model.ErrorKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What a resource's own settings become when changes are applied to them, or why they must not be.
public final class ConfigEdit {
    private final ConfigResource resource;
    private final NodeConfigs inherited;
    private final Map<String, String> configs;

    private ConfigEdit(ConfigResource resource, NodeConfigs inherited, Map<String, String> configs) {
        this.resource = resource;
        this.inherited = inherited;
        this.configs = configs;
    }

    /// How an edit ended.
    public sealed interface Result permits Edited, Refused {}

    /// @param configs the resource's own settings afterwards
    public record Edited(Map<String, String> configs) implements Result {}

    public record Refused(Outcome why) implements Result {}

    /// @param own the resource's settings so far
    public static Result edit(ConfigChanges changes, Map<String, String> own, NodeConfigs inherited) {
        Map<String, String> start = changes.replaceAll() ? Map.of() : own;
        return new ConfigEdit(changes.resource(), inherited, new TreeMap<>(start)).apply(changes.changes());
    }

    private Result apply(List<ConfigChange> changes) {
        Set<String> names = new HashSet<>();
        for (ConfigChange change : changes) {
            if (!names.add(change.name())) {
                return refused(ErrorKind.INVALID_REQUEST, "Error due to duplicate config keys");
            }
        }
        for (ConfigChange change : changes) {
            Optional<Refused> refusal = applyOne(change);
            if (refusal.isPresent()) {
                return refusal.get();
            }
        }
        return check(names).<Result>map(why -> why).orElseGet(() -> new Edited(Map.copyOf(configs)));
    }

    private static Refused refused(ErrorKind error, String message) {
        return new Refused(Outcome.refused(error, message));
    }

    private Optional<Refused> applyOne(ConfigChange change) {
        if (change.operation() == Operation.DELETE) {
            configs.remove(change.name());
            return Optional.empty();
        }
        String value = change.value();
        if (value == null) {
            return Optional.of(refused(ErrorKind.INVALID_REQUEST, "Null value not supported for : " + change.name()));
        }
        if (change.operation() == Operation.SET) {
            return put(change.name(), value);
        }
        Optional<ConfigDefinition> definition = definitions().find(change.name());
        if (definition.map(ConfigDefinition::type).orElse(ConfigEntry.Type.STRING) != ConfigEntry.Type.LIST) {
            return Optional.of(refused(
                    ErrorKind.INVALID_CONFIG,
                    "Can't " + change.operation() + " to key " + change.name() + " because its type is not LIST."));
        }
        List<String> parts = new ArrayList<>(ConfigValues.list(current(definition.orElseThrow())));
        List<String> wanted = ConfigValues.list(value);
        if (change.operation() == Operation.APPEND) {
            wanted.stream().filter(part -> !parts.contains(part)).forEach(parts::add);
        } else {
            parts.removeAll(wanted);
        }
        return put(change.name(), String.join(",", parts));
    }

    private Optional<Refused> put(String name, String value) {
        if (value.getBytes(StandardCharsets.UTF_8).length > TopicConfigCheck.VALUE_BYTES_MAX) {
            return Optional.of(refused(
                    ErrorKind.INVALID_CONFIG,
                    "The configuration value cannot be added because it exceeds the maximum value size of "
                            + TopicConfigCheck.VALUE_BYTES_MAX + " bytes."));
        }
        configs.put(name, value);
        return Optional.empty();
    }

    /// The list that is appended to: the resource's own, or what it inherits.
    private String current(ConfigDefinition definition) {
        String own = configs.get(definition.name());
        return own != null ? own : inherited.inherited(definition);
    }

    private ConfigDefinitions definitions() {
        return definitions(resource.kind());
    }

    static ConfigDefinitions definitions(ConfigResource.Kind kind) {
        return switch (kind) {
            case TOPIC -> TopicConfigs.DEFINITIONS;
            case NODE, NODE_LOGGER -> NodeDefinitions.DEFINITIONS;
            case GROUP -> GroupDefinitions.DEFINITIONS;
            case CLIENT_METRICS -> ClientMetricsDefinitions.DEFINITIONS;
        };
    }

    private Optional<Refused> check(Set<String> changed) {
        return switch (resource.kind()) {
            case TOPIC ->
                TopicConfigCheck.refuse(configs, inherited).map(why -> refused(ErrorKind.INVALID_CONFIG, why));
            case NODE, NODE_LOGGER -> checkNode(changed).map(why -> refused(ErrorKind.INVALID_REQUEST, why));
            case GROUP -> checkKnown("Unknown group config name: ");
            case CLIENT_METRICS -> checkKnown("Unknown client metrics configuration: ");
        };
    }

    /// Names nobody knows are kept for a node, as in Kafka, where plug-ins may read them; fixed ones cannot change.
    private Optional<String> checkNode(Set<String> changed) {
        List<String> fixed = changed.stream()
                .filter(configs::containsKey)
                .filter(name ->
                        definitions().find(name).map(ConfigDefinition::readOnly).orElse(false))
                .sorted()
                .toList();
        if (!fixed.isEmpty()) {
            return Optional.of("Cannot update these configs dynamically: " + fixed);
        }
        return refuseValues();
    }

    private Optional<Refused> checkKnown(String unknown) {
        return configs.keySet().stream()
                .filter(name -> definitions().find(name).isEmpty())
                .findFirst()
                .map(name -> unknown + name)
                .or(this::refuseValues)
                .map(why -> refused(ErrorKind.INVALID_CONFIG, why));
    }

    private Optional<String> refuseValues() {
        return configs.entrySet().stream()
                .map(entry ->
                        definitions().find(entry.getKey()).flatMap(definition -> definition.refuse(entry.getValue())))
                .flatMap(Optional::stream)
                .findFirst();
    }
}
