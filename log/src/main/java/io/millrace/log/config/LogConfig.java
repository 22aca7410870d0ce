package io.millrace.log.config;

/// The settings one log acts on, resolved from the topic's configuration (Kafka's names and defaults).
///
/// @param segmentBytes roll the active segment before it grows past this (`segment.bytes`)
/// @param segmentMs roll the active segment when its first batch is older (`segment.ms`)
/// @param segmentJitterMs at most this much is subtracted from `segmentMs`, so that logs do not roll together
/// @param indexIntervalBytes one sparse index entry about every so many bytes (`index.interval.bytes`)
/// @param indexBytesMax an index never grows past this; a full index rolls the segment (`segment.index.bytes`)
/// @param batchBytesMax largest batch accepted from a client (`max.message.bytes`)
/// @param retentionMs age at which sealed segments are deleted, -1 for never (`retention.ms`)
/// @param retentionBytes size the log is cut back to, -1 for unlimited (`retention.bytes`)
/// @param delete whether `cleanup.policy` contains `delete`
/// @param compact whether `cleanup.policy` contains `compact`
/// @param deleteRetentionMs how long tombstones stay readable after they were cleaned (`delete.retention.ms`)
/// @param minCompactionLagMs records younger than this are never compacted away (`min.compaction.lag.ms`)
/// @param maxCompactionLagMs a dirty record older than this makes the log due for cleaning (`max.compaction.lag.ms`)
/// @param minCleanableRatio dirty share at which the log is due for cleaning (`min.cleanable.dirty.ratio`)
/// @param timestampType who stamps records (`message.timestamp.type`)
/// @param timestampBeforeMaxMs how far in the past a create time may lie (`message.timestamp.before.max.ms`)
/// @param timestampAfterMaxMs how far in the future a create time may lie (`message.timestamp.after.max.ms`)
/// @param compression codec batches are stored in (`compression.type`)
/// @param compressionLevel level for that codec, or [#CODEC_DEFAULT_LEVEL]
/// @param fileDeleteDelayMs how long a deleted segment's file stays for readers that still hold it
/// (`file.delete.delay.ms`)
/// @param preallocate whether segments are allocated in full when created (`preallocate`)
public record LogConfig(
        int segmentBytes,
        long segmentMs,
        long segmentJitterMs,
        int indexIntervalBytes,
        int indexBytesMax,
        int batchBytesMax,
        long retentionMs,
        long retentionBytes,
        boolean delete,
        boolean compact,
        long deleteRetentionMs,
        long minCompactionLagMs,
        long maxCompactionLagMs,
        double minCleanableRatio,
        TimestampType timestampType,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        Compression compression,
        int compressionLevel,
        long fileDeleteDelayMs,
        boolean preallocate) {
    /// How long a new segment's file is made at once, 0 for as long as what is in it.
    public int preallocatedBytes() {
        return preallocate ? segmentBytes : 0;
    }

    /// Let the codec choose its own level.
    public static final int CODEC_DEFAULT_LEVEL = Integer.MIN_VALUE;

    /// Kafka 4.4's defaults.
    public static final LogConfig DEFAULT = new LogConfig(
            1 << 30,
            604_800_000L,
            0,
            4096,
            10_485_760,
            1_048_588,
            604_800_000L,
            -1,
            true,
            false,
            86_400_000L,
            0,
            Long.MAX_VALUE,
            0.5,
            TimestampType.CREATE_TIME,
            Long.MAX_VALUE,
            3_600_000L,
            Compression.PRODUCER,
            CODEC_DEFAULT_LEVEL,
            60_000,
            false);

    /// Who stamps records.
    public enum TimestampType {
        CREATE_TIME,
        LOG_APPEND_TIME
    }

    /// The codec batches are stored in; `PRODUCER` keeps what was sent.
    public enum Compression {
        PRODUCER,
        UNCOMPRESSED,
        GZIP,
        SNAPPY,
        LZ4,
        ZSTD
    }
}
