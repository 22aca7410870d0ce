package io.millrace.model;

import java.util.Comparator;

/// One partition of a topic, by the topic's name.
///
/// @param topic the topic's name
/// @param partition the partition's index, from 0
public record TopicPartition(String topic, int partition) implements Comparable<TopicPartition> {
    private static final Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    @Override
    public int compareTo(TopicPartition other) {
        return ORDER.compare(this, other);
    }

    /// The name of the partition's folder, as Kafka spells it: `topic-partition`.
    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
