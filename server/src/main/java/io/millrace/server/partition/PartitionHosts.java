package io.millrace.server.partition;

import io.millrace.model.TopicPartition;
import java.util.List;

/// All partition hosts of the node, and which of them owns which partition: decided by the partition's name alone, so
/// that every thread comes to the same answer without asking anybody. Immutable.
public record PartitionHosts(List<PartitionHost> all) {
    public PartitionHosts {
        all = List.copyOf(all);
    }

    /// Partitions on this node; may be asked from any thread and is then about right.
    public long size() {
        return all.stream().mapToLong(PartitionHost::size).sum();
    }

    public PartitionHost of(TopicPartition id) {
        int count = all.size();
        return count == 1 ? all.getFirst() : all.get(Math.floorMod(id.hashCode(), count));
    }
}
