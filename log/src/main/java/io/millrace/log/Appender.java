package io.millrace.log;

import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.AppendResult;
import io.millrace.log.batch.BatchCheck;
import io.millrace.log.batch.BatchHeader;
import io.millrace.log.config.LogConfig;
import io.millrace.log.segment.Segment;
import io.millrace.model.Lease;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;

/// The end of a log, where batches come in: admits them, begins a new segment where they do not fit or the active one
/// is too old, and hands them to memory and to the next flush.
///
/// Owned by: the log's owner.
final class Appender {
    private final TopicPartition partition;
    private final Positions positions;
    private final LogContents contents;
    private final FlushCycle flushing;

    Appender(TopicPartition partition, Positions positions, LogContents contents, FlushCycle flushing) {
        this.partition = partition;
        this.positions = positions;
        this.contents = contents;
        this.flushing = flushing;
    }

    AppendResult append(
            LogConfig config, BatchCheck check, Lease lease, AppendOrigin origin, int leaderEpoch, long nowMs) {
        Admission admission =
                new Admission(partition, config, contents.producers(), positions.start(), positions.end());
        return switch (admission.decide(check, origin, leaderEpoch)) {
            case Admission.Answered(AppendResult result) -> result;
            case Admission.Admitted admitted -> {
                long firstOffset = BatchHeader.baseOffset(admitted.batches(), admitted.from());
                rollIfNeeded(config, admitted, nowMs);
                flushing.add(contents.active(), admitted.batches(), admitted.isCopy() ? Lease.NONE : lease);
                contents.append(admitted, config);
                yield AppendResult.appended(
                        firstOffset, positions.end(), appendTimeMs(config, origin, nowMs), positions.start(), false);
            }
        };
    }

    private static long appendTimeMs(LogConfig config, AppendOrigin origin, long nowMs) {
        return config.timestampType() == LogConfig.TimestampType.LOG_APPEND_TIME && origin != AppendOrigin.LEADER
                ? nowMs
                : -1;
    }

    private void rollIfNeeded(LogConfig config, Admission.Admitted admitted, long nowMs) {
        if (RollRule.mustRoll(
                contents.active(),
                config,
                admitted.bytes(),
                admitted.lastOffset(),
                admitted.maxTimestamp(),
                nowMs,
                partition)) {
            roll(config);
        }
    }

    /// Whether the active segment is to be sealed although nothing arrives, so that retention can reach it.
    boolean isActiveAged(LogConfig config, long nowMs) {
        return RollRule.isAged(contents.active(), config, nowMs, partition);
    }

    /// Begins a new segment; the one before is sealed with the next flush.
    void roll(LogConfig config) {
        Segment full = contents.active();
        ByteBuffer producerSnapshot = contents.producerSnapshot();
        flushing.seal(full, contents.addSegment(config), producerSnapshot);
    }
}
