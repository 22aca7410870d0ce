package io.millrace.cluster.metadata;

import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An image as the shortest list of records that adds up to it again.
public final class ImageSnapshot {
    private static final int PARTITIONS_PER_RECORD = 10_000;

    private ImageSnapshot() {}

    /// How many records [#records] makes, about.
    public static long sizeOf(MetadataImage image) {
        return image.topics().size() + image.topology().size();
    }

    public static List<MetadataRecord> records(MetadataImage image) {
        List<MetadataRecord> records = new ArrayList<>();
        image.features()
                .forEach((name, level) ->
                        records.add(new MetadataRecord.FeatureLevelSet(name, level, image.featuresEpoch())));
        records.addAll(image.nodes.values());
        image.cordoned().forEach(node -> records.add(new MetadataRecord.NodeCordoned(node, true)));
        boolean isTaken = image.nodes.values().stream().anyMatch(node -> node.epoch() == image.lastNodeEpoch());
        if (image.lastNodeEpoch() > 0 && !isTaken) {
            records.add(new MetadataRecord.NodeEpochReached(image.lastNodeEpoch()));
        }
        for (ConfigResource resource : image.configs.keys()) {
            image.configs(resource)
                    .forEach((name, value) ->
                            records.add(new MetadataRecord.ConfigChanged(resource, name, Optional.of(value))));
        }
        if (image.nextProducerId() > 0) {
            records.add(new MetadataRecord.ProducerIdsAllocated(image.nodeId(), image.nextProducerId()));
        }
        image.topics().forEach(topic -> records.addAll(records(topic)));
        records.addAll(TopologySnapshot.records(image.topology()));
        return records;
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
