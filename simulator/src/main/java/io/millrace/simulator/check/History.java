package io.millrace.simulator.check;

import io.millrace.model.TopicPartition;
import io.millrace.simulator.check.Batches.Batch;
import io.millrace.simulator.world.World;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What was acknowledged, committed and read, over all partitions.
///
/// Owned by: the thread of the simulation.
public final class History {
    private final World world;
    private final Map<TopicPartition, Truth> truths = new HashMap<>();
    private final Map<TopicPartition, Long> highWatermarksSeen = new HashMap<>();
    private final Set<TopicPartition> lossy = new HashSet<>();
    private long acknowledged;
    private long read;

    public History(World world) {
        this.world = world;
    }

    private Truth truth(TopicPartition partition) {
        return truths.computeIfAbsent(partition, Truth::new);
    }

    /// First offset that is not committed.
    public long committedEnd(TopicPartition partition) {
        return truth(partition).endOffset();
    }

    public int committedBy(TopicPartition partition, long producerId) {
        return truth(partition).committedBy(producerId);
    }

    /// A replica's high watermark passed a batch.
    public void shown(TopicPartition partition, Batch batch, String by) {
        if (!isLossy(partition)) {
            truth(partition).shown(batch, by);
        }
    }

    /// A producer was told that what it sent is safe.
    public void acknowledged(TopicPartition partition, long baseOffset, long firstValue, int count) {
        acknowledged += count;
        if (!isLossy(partition)) {
            truth(partition).acknowledged(baseOffset, firstValue, count);
        }
    }

    /// A consumer got a batch.
    public void read(TopicPartition partition, Batch batch, String by) {
        read += batch.count();
        if (isLossy(partition)) {
            return;
        }
        if (batch.nextOffset() > truth(partition).endOffset()) {
            throw new Violation("%s: %s was given %s, which is not committed".formatted(partition, by, batch));
        }
        truth(partition).shown(batch, by);
    }

    /// The largest high watermark any client had seen up to now.
    public long highWatermarkSeen(TopicPartition partition) {
        return highWatermarksSeen.getOrDefault(partition, 0L);
    }

    /// A client learned a high watermark.
    ///
    /// @param atLeast what some client knew before this one asked
    public void sawHighWatermark(TopicPartition partition, long highWatermark, long atLeast, String by) {
        if (highWatermark < atLeast && !isLossy(partition)) {
            throw new Violation("%s: the high watermark falls: %s is told %d, after somebody was told %d"
                    .formatted(partition, by, highWatermark, atLeast));
        }
        highWatermarksSeen.merge(partition, highWatermark, Math::max);
    }

    /// From now on this partition may lose what it had: an operator or its own settings said so.
    public void allowLoss(TopicPartition partition, String why) {
        if (lossy.add(partition)) {
            world.note("%s may lose records from now on: %s", partition, why);
        }
    }

    public boolean isLossy(TopicPartition partition) {
        return lossy.contains(partition);
    }

    /// Partitions that may have lost records.
    public int lossyCount() {
        return lossy.size();
    }

    /// Records acknowledged to producers that wanted them safe.
    public long acknowledgedCount() {
        return acknowledged;
    }

    /// Records given to consumers.
    public long readCount() {
        return read;
    }

    /// Partitions in which anything was committed.
    public List<TopicPartition> partitions() {
        return truths.keySet().stream()
                .sorted((one, other) -> one.toString().compareTo(other.toString()))
                .toList();
    }
}
