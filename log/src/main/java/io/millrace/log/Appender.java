package io.millrace.log;

import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.AppendResult;
import io.millrace.log.batch.BatchCheck;
import io.millrace.log.batch.BatchHeader;
import io.millrace.log.config.LogConfig;
import io.millrace.log.segment.Segment;
import io.millrace.model.Lease;
import java.io.IOException;
import java.nio.ByteBuffer;

/// The end of a log, where batches come in: admits them, begins a new segment where they do not fit or the active one
/// is too old, and hands them to memory and to the next flush.
///
/// Keeps nothing: a log that is idle pays for none of this.
final class Appender {
    private Appender() {}

    static AppendResult append(
            LogContents contents,
            FlushCycle flushing,
            LogConfig config,
            BatchCheck check,
            Lease lease,
            AppendOrigin origin,
            int leaderEpoch,
            long nowMs) {
        Positions positions = contents.positions();
        Admission admission =
                new Admission(contents.partition(), config, contents.producers(), positions.start(), positions.end());
        return switch (admission.decide(check, origin, leaderEpoch)) {
            case Admission.Answered(AppendResult result) -> result;
            case Admission.Admitted admitted -> {
                boolean isNote = Admission.isNote(check, origin);
                long firstOffset = BatchHeader.baseOffset(admitted.batches(), admitted.from());
                if (mustRoll(contents, config, admitted, nowMs)) {
                    roll(contents, flushing, config);
                }
                flushing.add(contents.active(), admitted.batches(), admitted.isCopy() ? Lease.NONE : lease, isNote);
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

    private static boolean mustRoll(LogContents contents, LogConfig config, Admission.Admitted admitted, long nowMs) {
        return RollRule.mustRoll(
                contents.active(),
                config,
                admitted.bytes(),
                admitted.lastOffset(),
                admitted.maxTimestamp(),
                nowMs,
                contents.partition());
    }

    /// Seals the active segment, although nothing arrives, when its time has come or retention wants all of it: it can
    /// be given up once it is flushed.
    static void rollIfDue(LogContents contents, FlushCycle flushing, LogConfig config, Retention retention, long nowMs)
            throws IOException {
        if (RollRule.isAged(contents.active(), config, nowMs, contents.partition()) || retention.wantsActive()) {
            roll(contents, flushing, config);
        }
    }

    private static void roll(LogContents contents, FlushCycle flushing, LogConfig config) {
        Segment full = contents.active();
        ByteBuffer producerSnapshot = contents.producerSnapshot();
        flushing.seal(full, contents.addSegment(config), producerSnapshot);
    }
}
