package io.millrace.cluster.config;

import io.millrace.broker.catalog.ConfigEntry;
import io.millrace.broker.catalog.ConfigEntry.Source;
import io.millrace.broker.catalog.ConfigEntry.Synonym;
import io.millrace.broker.catalog.ConfigResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Settings as operators see them, with every place a value could come from, the way Kafka's DescribeConfigs lists
/// them.
public final class ConfigDescription {
    private final NodeConfigs given;

    /// @param given what the node's settings were given
    public ConfigDescription(NodeConfigs given) {
        this.given = given;
    }

    /// All settings of a topic in name order.
    public List<ConfigEntry> topic(Map<String, String> overrides) {
        return TopicConfigs.DEFINITIONS.all().stream()
                .map(definition -> topicEntry(definition, overrides))
                .toList();
    }

    private ConfigEntry topicEntry(ConfigDefinition definition, Map<String, String> overrides) {
        List<Synonym> synonyms = new ArrayList<>();
        String own = overrides.get(definition.name());
        if (own != null) {
            synonyms.add(new Synonym(definition.name(), definition.shown(own), Source.DYNAMIC_TOPIC));
        }
        synonyms.addAll(inheritedSynonyms(definition));
        String value = definition.shown(own != null ? own : given.inherited(definition));
        return entry(definition, value, false, synonyms);
    }

    /// The node's names for a topic's setting. Kafka lists them from its first name on: without a value for
    /// `log.retention.ms` there are no synonyms at all, although `log.retention.hours` has one.
    private List<Synonym> inheritedSynonyms(ConfigDefinition topicSetting) {
        List<Synonym> synonyms = new ArrayList<>();
        for (Source place : List.of(Source.DYNAMIC_NODE, Source.DYNAMIC_CLUSTER, Source.STATIC_NODE, Source.DEFAULT)) {
            for (ConfigDefinition.NodeName name : topicSetting.nodeNames()) {
                boolean listed = !synonyms.isEmpty()
                        || name.equals(topicSetting.nodeNames().getFirst());
                String value = at(place, name.name());
                if (listed && value != null) {
                    synonyms.add(new Synonym(name.name(), value, place));
                }
            }
        }
        return synonyms;
    }

    /// All settings of a node in name order.
    public List<ConfigEntry> node() {
        Set<String> names = new TreeSet<>(NodeDefinitions.DEFINITIONS.names());
        names.addAll(given.node().keySet());
        names.addAll(given.cluster().keySet());
        names.addAll(given.fixed().keySet());
        return names.stream().map(this::nodeEntry).toList();
    }

    private ConfigEntry nodeEntry(String name) {
        List<Synonym> synonyms = new ArrayList<>();
        for (String synonym : nodeSynonyms(name)) {
            for (Source place :
                    List.of(Source.DYNAMIC_NODE, Source.DYNAMIC_CLUSTER, Source.STATIC_NODE, Source.DEFAULT)) {
                String value = at(place, synonym);
                if (value != null) {
                    synonyms.add(new Synonym(synonym, value, place));
                }
            }
        }
        ConfigDefinition definition = definition(name);
        Optional<String> value = new NodeSettings(given).text(name).map(definition::shown);
        return entry(
                definition,
                value.orElse(null),
                definition.readOnly(),
                synonyms.stream().sorted(ConfigDescription::byPlace).toList());
    }

    private static int byPlace(Synonym one, Synonym other) {
        return one.source().compareTo(other.source());
    }

    /// Names of the same thing in coarser units come along (`log.retention.ms`, `.minutes`, `.hours`).
    private static List<String> nodeSynonyms(String name) {
        return TopicConfigs.DEFINITIONS.all().stream()
                .map(topic -> topic.nodeNames().stream()
                        .map(ConfigDefinition.NodeName::name)
                        .toList())
                .filter(names -> names.contains(name))
                .findFirst()
                .orElse(List.of(name));
    }

    private static ConfigDefinition definition(String name) {
        return NodeDefinitions.DEFINITIONS
                .find(name)
                .orElseGet(() -> new ConfigDefinition(
                        name,
                        ConfigEntry.Type.STRING,
                        null,
                        ConfigRule.ANY,
                        List.of(),
                        false,
                        "A setting this node does not know; kept without effect."));
    }

    /// Settings given to all nodes at once: only those that were given.
    public List<ConfigEntry> cluster() {
        return given.cluster().keySet().stream()
                .sorted()
                .map(name -> entry(
                        definition(name),
                        at(Source.DYNAMIC_CLUSTER, name),
                        false,
                        List.of(new Synonym(
                                name,
                                definition(name).isSensitive() ? null : at(Source.DYNAMIC_CLUSTER, name),
                                Source.DYNAMIC_CLUSTER))))
                .toList();
    }

    /// Settings of a group or a client metrics subscription.
    ///
    /// @param own what it was given
    public static List<ConfigEntry> other(ConfigResource.Kind kind, Map<String, String> own) {
        Source source = kind == ConfigResource.Kind.GROUP ? Source.GROUP : Source.CLIENT_METRICS;
        return ConfigEdit.definitions(kind).all().stream()
                .map(definition -> otherEntry(definition, own, source))
                .toList();
    }

    private static ConfigEntry otherEntry(ConfigDefinition definition, Map<String, String> own, Source source) {
        List<Synonym> synonyms = new ArrayList<>();
        String value = own.get(definition.name());
        if (value != null) {
            synonyms.add(new Synonym(definition.name(), definition.shown(value), source));
        }
        if (definition.defaultValue() != null) {
            synonyms.add(new Synonym(definition.name(), definition.defaultValue(), Source.DEFAULT));
        }
        String shown = value != null ? definition.shown(value) : definition.defaultValue();
        return entry(definition, shown, false, synonyms);
    }

    private static ConfigEntry entry(
            ConfigDefinition definition, @Nullable String value, boolean readOnly, List<Synonym> synonyms) {
        return new ConfigEntry(
                definition.name(),
                definition.isSensitive() ? null : value,
                synonyms.isEmpty() ? Source.DEFAULT : synonyms.getFirst().source(),
                definition.type(),
                readOnly,
                definition.isSensitive(),
                List.copyOf(synonyms),
                definition.documentation());
    }

    private @Nullable String at(Source place, String name) {
        return switch (place) {
            case DYNAMIC_NODE -> given.node().get(name);
            case DYNAMIC_CLUSTER -> given.cluster().get(name);
            case STATIC_NODE -> given.fixed().get(name);
            case DEFAULT ->
                NodeDefinitions.DEFINITIONS
                        .find(name)
                        .map(ConfigDefinition::defaultValue)
                        .orElse(null);
            case DYNAMIC_TOPIC, GROUP, CLIENT_METRICS -> null;
        };
    }
}
