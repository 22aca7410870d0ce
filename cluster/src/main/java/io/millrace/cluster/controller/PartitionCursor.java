package io.millrace.cluster.controller;

import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.metadata.MetadataImage;
import java.util.List;
import java.util.Optional;

/// A place in the walk through all partitions, by topic name and number: where a decision that takes several batches
/// goes on. Topics that come or go meanwhile do not disturb it.
///
/// @param topic the first topic not done, or done up to `partition`
/// @param partition the first one of it not done
public record PartitionCursor(String topic, int partition) {
    static final PartitionCursor START = new PartitionCursor("", 0);

    /// Looks at one partition.
    @FunctionalInterface
    interface Visitor {
        /// Answers whether the walk goes on after this one.
        boolean visit(TopicView topic, PartitionView partition);
    }

    /// Visits every partition from here on; answers where the walk was stopped, if it was.
    Optional<PartitionCursor> walk(MetadataImage image, Visitor visitor) {
        return walk(image, Integer.MAX_VALUE, visitor);
    }

    /// As above, but stops after `visitedMax` partitions.
    Optional<PartitionCursor> walk(MetadataImage image, int visitedMax, Visitor visitor) {
        int left = visitedMax;
        for (TopicView view : image.topicsFrom(topic)) {
            List<PartitionView> partitions = view.partitions();
            int first = view.name().equals(topic) ? partition : 0;
            for (int at = first; at < partitions.size(); at++) {
                left--;
                if (!visitor.visit(view, partitions.get(at)) || left == 0) {
                    return Optional.of(new PartitionCursor(view.name(), at + 1));
                }
            }
        }
        return Optional.empty();
    }
}
