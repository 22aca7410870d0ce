package io.millrace.log.clean;

import io.millrace.log.config.LogConfig;
import java.util.List;

/// What one round of cleaning works on, fixed by the log's owner beforehand so that the run needs nothing else of it.
///
/// @param folder the partition's folder
/// @param segments all sealed segments in order, cleaned ones included; never the active one
/// @param firstDirtyOffset where the last round ended
/// @param firstUncleanableOffset nothing at or above it is compacted: active segment, open transactions, too young
/// @param producers who still writes, so that their last batch is kept as a header at least
/// @param aborted all aborted transactions of these segments, from their `.txnindex` files
/// @param config the topic's settings
/// @param decompressedBytesMax batches that unpack to more are kept as they are
/// @param nowMs the round's time: decides about delete horizons
public record CleanPlan(
        String folder,
        List<SealedSegment> segments,
        long firstDirtyOffset,
        long firstUncleanableOffset,
        List<ActiveProducer> producers,
        List<AbortedTxn> aborted,
        LogConfig config,
        long decompressedBytesMax,
        long nowMs) {
    /// @param endOffset base offset of the next segment
    public record SealedSegment(long baseOffset, long endOffset, int sizeBytes) {}

    /// @param lastOffset of the producer's last data batch, -1 when it has none
    public record ActiveProducer(long producerId, short epoch, long lastOffset) {}
}
