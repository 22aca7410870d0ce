package io.millrace.log;

import io.millrace.log.config.LogConfig;
import io.millrace.log.segment.Segment;
import io.millrace.log.segment.SegmentFiles;
import io.millrace.log.segment.SegmentList;
import io.millrace.log.segment.SegmentNames;
import io.millrace.log.segment.SegmentTimestamps;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Which segments a log gives up, always from the front: those wholly below the start offset, those whose newest record
/// is past `retention.ms`, and as many as bring the log back to `retention.bytes`.
final class Retention {
    private final LogConfig config;
    private final long nowMs;

    Retention(LogConfig config, long nowMs) {
        this.config = config;
        this.nowMs = nowMs;
    }

    /// @param belowOffset no segment that reaches above is deleted
    /// @return bytes freed
    long apply(PartitionLog log, SegmentList segments, long belowOffset) throws IOException {
        int count = count(segments, log.startOffset(), belowOffset);
        if (count == 0) {
            return 0;
        }
        long freed = 0;
        List<String> marked = new ArrayList<>();
        for (Segment segment : log.removeFirstSegments(count)) {
            freed += segment.sizeBytes();
            marked.addAll(SegmentFiles.markDeleted(segment));
            dropSnapshot(segment);
        }
        log.scheduleDeletion(marked, nowMs);
        return freed;
    }

    private static void dropSnapshot(Segment segment) throws IOException {
        segment.cache().disk().delete(segment.path(SegmentNames.SNAPSHOT));
    }

    /// Whether the active segment would go, too, were it sealed: all of it is deleted, too old, or too much.
    boolean isActiveDue(SegmentList segments, long startOffset, long belowOffset) throws IOException {
        Segment active = segments.active();
        if (active.sizeBytes() == 0 || active.endOffset() > belowOffset) {
            return false;
        }
        boolean isTooMuch = config.retentionBytes() >= 0 && excess(segments) >= segments.sizeBytes();
        return startOffset >= active.endOffset() || config.delete() && (isTooMuch || isTooOld(active));
    }

    private long excess(SegmentList segments) {
        return config.retentionBytes() < 0 ? 0 : segments.sizeBytes() - config.retentionBytes();
    }

    private int count(SegmentList segments, long startOffset, long belowOffset) throws IOException {
        long excess = excess(segments);
        int count = 0;
        while (count < segments.count() - 1) {
            Segment segment = segments.get(count);
            if (!segment.isSealed() || segment.isReplaced() || segment.endOffset() > belowOffset) {
                break;
            }
            boolean tooMuch = config.delete() && excess >= segment.sizeBytes();
            if (segment.endOffset() > startOffset && !tooMuch && !(config.delete() && isTooOld(segment))) {
                break;
            }
            excess -= segment.sizeBytes();
            count++;
        }
        return count;
    }

    private boolean isTooOld(Segment segment) throws IOException {
        if (config.retentionMs() < 0) {
            return false;
        }
        SegmentTimestamps.load(segment);
        long newestMs = segment.maxTimestamp() >= 0
                ? segment.maxTimestamp()
                : segment.cache().disk().modifiedMs(segment.log().path());
        return nowMs - newestMs > config.retentionMs();
    }
}
