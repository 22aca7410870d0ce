package io.millrace.log;

import io.millrace.log.config.LogConfig;
import io.millrace.log.segment.Segment;
import io.millrace.log.segment.SegmentList;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Which segments a log gives up, always from the front: those wholly below the start offset, those whose newest record
/// is past `retention.ms`, and as many as bring the log back to `retention.bytes`.
final class Retention {
    private static final int LOOKED_AT_ONCE = 8;

    private final LogConfig config;
    private final long nowMs;

    Retention(LogConfig config, long nowMs) {
        this.config = config;
        this.nowMs = nowMs;
    }

    /// Segments at the front whose age decides but is not in memory, a few at a time: they are to be looked at first.
    List<Segment> unknown(SegmentList segments) throws IOException {
        List<Segment> unknown = new ArrayList<>();
        if (!config.delete() || config.retentionMs() < 0) {
            return unknown;
        }
        for (int i = 0; i < segments.count() - 1 && unknown.size() < LOOKED_AT_ONCE; i++) {
            Segment segment = segments.get(i);
            if (!segment.isSealed() || segment.isReplaced()) {
                break;
            }
            if (!segment.isMaxTimestampKnown()) {
                unknown.add(segment);
            } else if (!isTooOld(segment)) {
                break;
            }
        }
        return unknown;
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

    /// How many segments go.
    ///
    /// @param belowOffset no segment that reaches above is deleted
    int count(SegmentList segments, long startOffset, long belowOffset) throws IOException {
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
        long newestMs = segment.maxTimestamp() >= 0
                ? segment.maxTimestamp()
                : segment.cache().disk().modifiedMs(segment.log().path());
        return nowMs - newestMs > config.retentionMs();
    }
}
