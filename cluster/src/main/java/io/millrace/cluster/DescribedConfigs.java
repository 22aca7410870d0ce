package io.millrace.cluster;

import io.millrace.broker.catalog.ConfigEntry;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.cluster.config.ConfigDescription;
import io.millrace.cluster.config.NodeConfigs;
import io.millrace.cluster.metadata.MetadataImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Settings of resources as an image has them.
final class DescribedConfigs {
    private DescribedConfigs() {}

    /// All settings of a resource in name order, or only those named; empty when the resource does not exist.
    static Optional<List<ConfigEntry>> of(ConfigResource resource, @Nullable List<String> names, MetadataImage image) {
        return entries(resource, image)
                .map(entries -> names == null
                        ? entries
                        : entries.stream()
                                .filter(entry -> names.contains(entry.name()))
                                .toList());
    }

    private static Optional<List<ConfigEntry>> entries(ConfigResource resource, MetadataImage image) {
        return switch (resource.kind()) {
            case TOPIC ->
                image.topic(resource.name())
                        .map(topic -> new ConfigDescription(image.nodeConfigs()).topic(topic.overrides()));
            case NODE -> nodeEntries(resource, image);
            case NODE_LOGGER -> Optional.empty();
            case GROUP, CLIENT_METRICS ->
                Optional.of(ConfigDescription.other(resource.kind(), image.configs(resource)));
        };
    }

    private static Optional<List<ConfigEntry>> nodeEntries(ConfigResource resource, MetadataImage image) {
        if (resource.name().isEmpty()) {
            return Optional.of(new ConfigDescription(image.nodeConfigs()).cluster());
        }
        Optional<Integer> node = image.nodes().stream()
                .map(view -> view.id())
                .filter(id -> resource.name().equals(Integer.toString(id)))
                .findFirst();
        return node.map(id -> new ConfigDescription(configsOf(id, image)).node());
    }

    /// What another node was given at its start is known there only.
    private static NodeConfigs configsOf(int node, MetadataImage image) {
        NodeConfigs here = image.nodeConfigs();
        if (node == image.nodeId()) {
            return here;
        }
        Map<String, String> own = image.configs(new ConfigResource(ConfigResource.Kind.NODE, Integer.toString(node)));
        return new NodeConfigs(own, here.cluster(), Map.of());
    }

    /// Resources of a kind that carry settings of their own.
    static List<ConfigResource> resources(ConfigResource.Kind kind, MetadataImage image) {
        if (kind == ConfigResource.Kind.TOPIC) {
            return image.topics().stream()
                    .filter(topic -> !topic.overrides().isEmpty())
                    .map(topic -> new ConfigResource(kind, topic.name()))
                    .toList();
        }
        return image.configResources(kind);
    }
}
