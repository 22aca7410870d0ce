package io.millrace.cluster.metadata;

import io.millrace.broker.topology.QueueRef;
import io.millrace.model.TopicId;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Where an image may differ from one before it, in the order in which it was changed.
///
/// @param nodes whether any node was registered, fenced, unfenced or removed
public record ImageChanges(Set<TopicId> topics, Set<QueueRef> queues, boolean nodes) {
    public static final ImageChanges NONE = new ImageChanges(Set.of(), Set.of(), false);

    public ImageChanges {
        topics = Collections.unmodifiableSet(topics);
        queues = Collections.unmodifiableSet(queues);
    }

    /// One after the other.
    public static ImageChanges all(List<ImageChanges> each) {
        if (each.size() == 1) {
            return each.getFirst();
        }
        Set<TopicId> topics = new LinkedHashSet<>();
        Set<QueueRef> queues = new LinkedHashSet<>();
        boolean nodes = false;
        for (ImageChanges one : each) {
            topics.addAll(one.topics);
            queues.addAll(one.queues);
            nodes |= one.nodes;
        }
        return new ImageChanges(topics, queues, nodes);
    }

    /// What differs between the two images, which differ here at the most.
    public CatalogDelta between(MetadataImage before, MetadataImage after) {
        TopologyDelta topology = TopologyDelta.between(before.topology, after.topology, queues);
        return CatalogDelta.between(before, after, topics, nodes, topology);
    }
}
