package io.millrace.server.partition;

import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.log.disk.DamageException;
import io.millrace.model.TopicIdPartition;
import io.millrace.model.TopicPartition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Partitions of this node whose logs a disk refused to open, with what the metadata last said of them. They are not
/// hosted, though the metadata may name this node as their leader.
///
/// Thread-safe.
final class RefusedLogs {
    private final Map<TopicPartition, Refused> refused = new ConcurrentHashMap<>();

    /// As the metadata has it.
    ///
    /// @param damage null when the disk refused for another reason
    record Refused(
            TopicView topic,
            PartitionView partition,
            @Nullable DamageException damage) {
        TopicIdPartition name() {
            return new TopicIdPartition(topic.id(), partition.index());
        }

        boolean isReplicated() {
            return partition.replicas().size() > 1;
        }
    }

    /// Returns whether it was not known as refused before.
    boolean add(TopicPartition id, Refused what) {
        return refused.put(id, what) == null;
    }

    /// The metadata says something else of a partition, which is perhaps one of these.
    void change(TopicPartition id, TopicView topic, PartitionView partition) {
        refused.computeIfPresent(id, (same, before) -> new Refused(topic, partition, before.damage()));
    }

    void remove(TopicPartition id) {
        refused.remove(id);
    }

    boolean contains(TopicPartition id) {
        return !refused.isEmpty() && refused.containsKey(id);
    }

    Optional<Refused> find(TopicPartition id) {
        return Optional.ofNullable(refused.get(id));
    }

    Set<TopicPartition> ids() {
        return Set.copyOf(refused.keySet());
    }

    /// Those that other nodes have, too.
    List<TopicIdPartition> replicated() {
        return refused.values().stream()
                .filter(Refused::isReplicated)
                .map(Refused::name)
                .toList();
    }
}
