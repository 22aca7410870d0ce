package io.millrace.log;

import io.millrace.log.config.LogConfig;
import io.millrace.log.segment.Segment;
import io.millrace.log.segment.SegmentList;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which segments a log gives up, always from the front: those wholly below the start offset, those whose newest record
/// is past `retention.ms`, and as many as bring the log back to `retention.bytes`.
///
/// Owned by: the log's owner, for one look.
final class Retention {
    private static final int LOOKED_AT_ONCE = 8;
    /// Of a segment that is sealed because of what is deleted, so many offsets are gone for each that is left.
    private static final int DELETED_PER_LEFT = 3;
    /// A smaller one is not worth a file.
    private static final int WORTHWHILE_BYTES = 256 * 1024;

    private final LogContents contents;
    private final SegmentList segments;
    private final LogConfig config;
    private final long startOffset;
    private final long belowOffset;
    private final long nowMs;

    /// @param belowOffset no segment that reaches above is given up
    Retention(LogContents contents, LogConfig config, long startOffset, long belowOffset, long nowMs) {
        this.contents = contents;
        this.segments = contents.segments();
        this.config = config;
        this.startOffset = startOffset;
        this.belowOffset = belowOffset;
        this.nowMs = nowMs;
    }

    /// The next piece of disk work: a look at segments whose age decides but is not known, else the removal of what the
    /// log gives up now. Empty when there is nothing to do.
    Optional<RetentionJob> begin() throws IOException {
        List<Segment> unknown = unknown();
        if (!unknown.isEmpty()) {
            return Optional.of(RetentionJob.lookAt(unknown));
        }
        int count = count();
        return count == 0 ? Optional.empty() : Optional.of(RetentionJob.remove(contents.removeFirst(count)));
    }

    /// Segments at the front whose age decides but is not in memory, a few at a time.
    private List<Segment> unknown() throws IOException {
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

    private int count() throws IOException {
        long excess = excess();
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

    /// Whether the active segment would go, too, were it sealed: all of it is deleted, too old, or too much; or soon,
    /// for most of it is deleted.
    boolean wantsActive() throws IOException {
        Segment active = segments.active();
        if (isMostlyDeleted(active)) {
            return true;
        }
        if (active.sizeBytes() == 0 || active.endOffset() > belowOffset) {
            return false;
        }
        boolean isTooMuch = config.retentionBytes() >= 0 && excess() >= segments.sizeBytes();
        return startOffset >= active.endOffset() || config.delete() && (isTooMuch || isTooOld(active));
    }

    /// Counts offsets, which costs nothing: a segment that is sealed too early does no harm.
    private boolean isMostlyDeleted(Segment active) {
        long left = active.endOffset() - startOffset;
        long gone = startOffset - active.baseOffset();
        boolean isShort = active.cache().disk().isShort(); // then what comes must not hold what was there before
        return gone >= (isShort ? 1 : left * DELETED_PER_LEFT)
                && left > 0
                && active.sizeBytes() >= Math.min(WORTHWHILE_BYTES, config.segmentBytes() / 4);
    }

    private long excess() {
        return config.retentionBytes() < 0 ? 0 : segments.sizeBytes() - config.retentionBytes();
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
