package io.millrace.log.clean;

import io.millrace.log.config.LogConfig;
import io.millrace.model.TopicPartition;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// A compacted log as the choice of what to clean next sees it.
///
/// @param firstDirtyOffset where the last round ended
/// @param firstUncleanableOffset where the next one must end at the latest
/// @param cleanBytes below the dirty part
/// @param dirtyBytes that could be cleaned now
/// @param isOverdue whether dirty records are older than `max.compaction.lag.ms`
public record CleanCandidate(
        TopicPartition partition,
        long firstDirtyOffset,
        long firstUncleanableOffset,
        long cleanBytes,
        long dirtyBytes,
        boolean isOverdue,
        double minCleanableRatio) {
    /// A segment as the judgement sees it.
    ///
    /// @param maxTimestamp its largest timestamp, or its file's time when the records have none
    /// @param firstTimestamp of its first batch
    public record DirtySegment(long baseOffset, int sizeBytes, long firstTimestamp, long maxTimestamp) {}

    /// Judges a log. Never cleaned are the active segment, anything at or above the last stable offset, and anything
    /// younger than `min.compaction.lag.ms`.
    ///
    /// @param segments all segments in order, the active one last
    /// @param checkpoint where the last round ended; outside of the log it means "nowhere", and the log is dirty from
    /// its start
    public static CleanCandidate of(
            TopicPartition partition,
            List<DirtySegment> segments,
            long logStartOffset,
            long lastStableOffset,
            long checkpoint,
            LogConfig config,
            long nowMs) {
        DirtySegment active = segments.getLast();
        long firstDirty = checkpoint < logStartOffset || checkpoint > active.baseOffset() ? logStartOffset : checkpoint;
        long uncleanable = Math.min(lastStableOffset, active.baseOffset());
        if (config.minCompactionLagMs() > 0) {
            for (int i = 0; i < segments.size(); i++) {
                DirtySegment segment = segments.get(i);
                if (endOffset(segments, i) > firstDirty
                        && nowMs - segment.maxTimestamp() < config.minCompactionLagMs()) {
                    uncleanable = Math.min(uncleanable, segment.baseOffset());
                    break;
                }
            }
        }
        uncleanable = Math.max(uncleanable, firstDirty);
        long clean = 0;
        long dirty = 0;
        boolean overdue = false;
        for (int i = 0; i < segments.size(); i++) {
            DirtySegment segment = segments.get(i);
            // A round that ended inside a segment, its map full, leaves that segment dirty as a whole.
            if (endOffset(segments, i) <= firstDirty) {
                clean += segment.sizeBytes();
            } else if (segment.baseOffset() < uncleanable) {
                dirty += segment.sizeBytes();
                overdue |=
                        segment.firstTimestamp() >= 0 && nowMs - segment.firstTimestamp() > config.maxCompactionLagMs();
            }
        }
        return new CleanCandidate(
                partition, firstDirty, uncleanable, clean, dirty, overdue, config.minCleanableRatio());
    }

    private static long endOffset(List<DirtySegment> segments, int index) {
        return index + 1 < segments.size() ? segments.get(index + 1).baseOffset() : Long.MAX_VALUE;
    }

    /// Share of the bytes that was never cleaned.
    public double dirtyRatio() {
        return cleanBytes + dirtyBytes == 0 ? 0 : (double) dirtyBytes / (cleanBytes + dirtyBytes);
    }

    public boolean isDue() {
        return dirtyBytes > 0 && (isOverdue || dirtyRatio() > minCleanableRatio);
    }

    /// The filthiest log that is due; partitions in order where they are equally filthy.
    public static Optional<CleanCandidate> filthiest(List<CleanCandidate> candidates) {
        return candidates.stream()
                .filter(CleanCandidate::isDue)
                .min(Comparator.comparingDouble(CleanCandidate::dirtyRatio)
                        .reversed()
                        .thenComparing(CleanCandidate::partition));
    }
}
