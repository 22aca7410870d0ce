package io.millrace.broker.catalog;

import io.millrace.model.TopicId;
import java.util.List;
import java.util.Map;

/// One topic.
///
/// @param internal kept by the broker for itself (`__consumer_offsets`)
/// @param overrides the settings given to the topic itself, by name, in name order
/// @param settings what results from overrides, node settings and defaults, ready to act on
public record TopicView(
        String name,
        TopicId id,
        boolean internal,
        List<PartitionView> partitions,
        Map<String, String> overrides,
        TopicSettings settings) {}
