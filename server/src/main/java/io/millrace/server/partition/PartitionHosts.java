package io.millrace.server.partition;

import io.millrace.model.TopicPartition;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// All partition hosts of the node, and which of them owns which partition: decided by the partition's name alone, so
/// that every thread comes to the same answer without asking anybody. Immutable.
public record PartitionHosts(List<PartitionHost> all) {
    public PartitionHosts {
        all = List.copyOf(all);
    }

    /// Runs `then` when every host has done what it was told before this call, on the thread of the last one.
    public void whenPassed(Runnable then) {
        AtomicInteger left = new AtomicInteger(all.size());
        for (PartitionHost host : all) {
            host.loop().post(() -> {
                if (left.decrementAndGet() == 0) {
                    then.run();
                }
            });
        }
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
