package io.millrace.log;

import io.millrace.log.config.LogConfig;

/// Log configurations for tests: Kafka's defaults with a few settings changed.
final class Configs {
    private Configs() {}

    static LogConfig small(int segmentBytes, int indexIntervalBytes) {
        return of(segmentBytes, indexIntervalBytes, Long.MAX_VALUE / 4, -1, -1);
    }

    static LogConfig retaining(int segmentBytes, long retentionMs, long retentionBytes) {
        return of(segmentBytes, 64, Long.MAX_VALUE / 4, retentionMs, retentionBytes);
    }

    static LogConfig compacting(int segmentBytes) {
        return of(segmentBytes, 64, Long.MAX_VALUE / 4, -1, -1, true);
    }

    static LogConfig compactingAfter(int segmentBytes, long maxCompactionLagMs) {
        return of(segmentBytes, 64, Long.MAX_VALUE / 4, -1, -1, true, maxCompactionLagMs);
    }

    static LogConfig of(
            int segmentBytes, int indexIntervalBytes, long segmentMs, long retentionMs, long retentionBytes) {
        return of(segmentBytes, indexIntervalBytes, segmentMs, retentionMs, retentionBytes, false);
    }

    static LogConfig preallocating(int segmentBytes) {
        LogConfig base = small(segmentBytes, 64);
        return new LogConfig(
                base.segmentBytes(),
                base.segmentMs(),
                base.segmentJitterMs(),
                base.indexIntervalBytes(),
                base.indexBytesMax(),
                base.batchBytesMax(),
                base.retentionMs(),
                base.retentionBytes(),
                base.delete(),
                base.compact(),
                base.deleteRetentionMs(),
                base.minCompactionLagMs(),
                base.maxCompactionLagMs(),
                base.minCleanableRatio(),
                base.timestampType(),
                base.timestampBeforeMaxMs(),
                base.timestampAfterMaxMs(),
                base.compression(),
                base.compressionLevel(),
                base.fileDeleteDelayMs(),
                true);
    }

    private static LogConfig of(
            int segmentBytes,
            int indexIntervalBytes,
            long segmentMs,
            long retentionMs,
            long retentionBytes,
            boolean compact) {
        return of(
                segmentBytes,
                indexIntervalBytes,
                segmentMs,
                retentionMs,
                retentionBytes,
                compact,
                LogConfig.DEFAULT.maxCompactionLagMs());
    }

    private static LogConfig of(
            int segmentBytes,
            int indexIntervalBytes,
            long segmentMs,
            long retentionMs,
            long retentionBytes,
            boolean compact,
            long maxCompactionLagMs) {
        LogConfig base = LogConfig.DEFAULT;
        return new LogConfig(
                segmentBytes,
                segmentMs,
                0,
                indexIntervalBytes,
                base.indexBytesMax(),
                base.batchBytesMax(),
                retentionMs,
                retentionBytes,
                !compact,
                compact,
                base.deleteRetentionMs(),
                base.minCompactionLagMs(),
                maxCompactionLagMs,
                base.minCleanableRatio(),
                base.timestampType(),
                base.timestampBeforeMaxMs(),
                base.timestampAfterMaxMs(),
                base.compression(),
                base.compressionLevel(),
                base.fileDeleteDelayMs(),
                false);
    }
}
