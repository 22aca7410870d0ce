package io.millrace.cluster.metadata;

import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// An image as the fewest records that add up to it again.
public final class ImageSnapshot {
    private static final int PARTITIONS_PER_RECORD = 10_000;

    private ImageSnapshot() {}

    /// How many records there are, about.
    public static long sizeOf(MetadataImage image) {
        return image.topics().size() + image.topology().size();
    }

    public static List<MetadataRecord> records(MetadataImage image) {
        List<MetadataRecord> records = new ArrayList<>();
        forEach(image, records::add);
        return records;
    }

    /// The same one by one.
    public static void forEach(MetadataImage image, Consumer<? super MetadataRecord> action) {
        image.features()
                .forEach((name, level) ->
                        action.accept(new MetadataRecord.FeatureLevelSet(name, level, image.featuresEpoch())));
        image.nodes.values().forEach(action);
        image.cordoned().forEach(node -> action.accept(new MetadataRecord.NodeCordoned(node, true)));
        boolean isTaken = image.nodes.values().stream().anyMatch(node -> node.epoch() == image.lastNodeEpoch());
        if (image.lastNodeEpoch() > 0 && !isTaken) {
            action.accept(new MetadataRecord.NodeEpochReached(image.lastNodeEpoch()));
        }
        for (ConfigResource resource : image.configs.keys()) {
            image.configs(resource)
                    .forEach((name, value) ->
                            action.accept(new MetadataRecord.ConfigChanged(resource, name, Optional.of(value))));
        }
        if (image.nextProducerId() > 0) {
            action.accept(new MetadataRecord.ProducerIdsAllocated(image.nodeId(), image.nextProducerId()));
        }
        image.topics().forEach(topic -> records(topic).forEach(action));
        TopologySnapshot.forEach(image.topology(), action);
    }

    /// One topic as the records that make it.
    public static List<MetadataRecord> records(TopicView topic) {
        List<MetadataRecord> records = new ArrayList<>();
        records.add(new MetadataRecord.TopicCreated(topic.id(), topic.name(), topic.internal(), topic.overrides()));
        List<PartitionView> partitions = topic.partitions();
        for (int first = 0; first < partitions.size(); first += PARTITIONS_PER_RECORD) {
            int end = Math.min(partitions.size(), first + PARTITIONS_PER_RECORD);
            records.add(new MetadataRecord.PartitionsCreated(
                    topic.id(),
                    first,
                    partitions.subList(first, end).stream()
                            .map(PartitionState::of)
                            .toList()));
        }
        return records;
    }
}
