package io.millrace.cluster.metadata;

import io.millrace.broker.catalog.TopicView;
import io.millrace.model.TopicId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// What differs between two images, found without looking at what does not. A topic deleted and created again under its
/// name is one deleted and one created topic.
///
/// @param nodesChanged whether any node was registered, fenced, unfenced or removed
/// @param topology what differs in queues
public record CatalogDelta(
        List<TopicView> created,
        List<TopicView> deleted,
        List<Changed> changed,
        boolean nodesChanged,
        TopologyDelta topology) {
    /// A topic before and after: partitions, their hosts or its settings differ.
    public record Changed(TopicView before, TopicView after) {}

    /// Everything in `image` as newly created.
    public static CatalogDelta of(MetadataImage image) {
        return new CatalogDelta(
                List.copyOf(image.topics()),
                List.of(),
                List.of(),
                !image.nodes().isEmpty(),
                TopologyDelta.all(TopologyImage.EMPTY, image.topology()));
    }

    static CatalogDelta between(
            MetadataImage before,
            MetadataImage after,
            Collection<TopicId> touched,
            boolean nodesChanged,
            TopologyDelta topology) {
        List<TopicView> created = new ArrayList<>();
        List<TopicView> deleted = new ArrayList<>();
        List<Changed> changed = new ArrayList<>();
        for (TopicId id : touched) {
            Optional<TopicView> then = before.topic(id);
            Optional<TopicView> now = after.topic(id);
            if (then.isPresent() && now.isPresent()) {
                changed.add(new Changed(then.get(), now.get()));
            } else {
                now.ifPresent(created::add);
                then.ifPresent(deleted::add);
            }
        }
        return new CatalogDelta(
                List.copyOf(created), List.copyOf(deleted), List.copyOf(changed), nodesChanged, topology);
    }

    public boolean isEmpty() {
        return created.isEmpty() && deleted.isEmpty() && changed.isEmpty() && !nodesChanged && topology.isEmpty();
    }
}
