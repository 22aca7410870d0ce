package io.millrace.log;

import io.millrace.log.config.LogConfig;
import io.millrace.log.segment.Segment;
import io.millrace.model.TopicPartition;

/// When a log begins a new segment: the batches do not fit (bytes, offsets, index entries), or the active one is too
/// old.
///
/// Age is measured as Kafka does: in the time of the batches themselves, from the segment's first to the one that
/// arrives.
final class RollRule {
    private RollRule() {}

    static boolean mustRoll(
            Segment active,
            LogConfig config,
            int bytes,
            long lastOffset,
            long maxTimestamp,
            long nowMs,
            TopicPartition partition) {
        if (!active.hasRoomFor(bytes, lastOffset, config.segmentBytes(), config.indexBytesMax())) {
            return true;
        }
        long arrivingMs = maxTimestamp >= 0 ? maxTimestamp : nowMs;
        return isOlder(active, config, arrivingMs, partition);
    }

    /// Whether the active segment should be sealed although nothing arrives, so that retention can reach it.
    static boolean isAged(Segment active, LogConfig config, long nowMs, TopicPartition partition) {
        return isOlder(active, config, nowMs, partition);
    }

    private static boolean isOlder(Segment active, LogConfig config, long thenMs, TopicPartition partition) {
        long firstMs = active.firstTimestamp();
        return active.sizeBytes() > 0
                && firstMs >= 0
                && thenMs - firstMs > segmentMs(config) - jitterMs(active, config, partition);
    }

    /// A log that is compacted seals in time for its longest compaction lag (KIP-354).
    private static long segmentMs(LogConfig config) {
        return config.compact() ? Math.min(config.segmentMs(), config.maxCompactionLagMs()) : config.segmentMs();
    }

    /// The same for every look at one segment, different from log to log, without drawing lots.
    private static long jitterMs(Segment active, LogConfig config, TopicPartition partition) {
        long bound = Math.min(config.segmentJitterMs(), segmentMs(config));
        if (bound <= 0) {
            return 0;
        }
        long mixed = (partition.topic().hashCode() * 31L + partition.partition()) * 0x9E3779B97F4A7C15L
                + active.baseOffset() * 0xC2B2AE3D27D4EB4FL;
        return Math.floorMod(mixed ^ mixed >>> 32, bound);
    }
}
