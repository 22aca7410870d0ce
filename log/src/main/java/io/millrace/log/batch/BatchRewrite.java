package io.millrace.log.batch;

import java.nio.ByteBuffer;

/// Batches with fewer records than the one they stand for: what compaction leaves. Base offset, last offset, producer,
/// sequence and epoch stay, so offsets keep their meaning and producers their place (KIP-98, KIP-534).
public final class BatchRewrite {
    private BatchRewrite() {}

    /// The batch at `position` with only `records` left in it.
    ///
    /// @param records the records kept, uncompressed, deltas relative to the batch's base offset and to `baseTimestamp`
    /// @param baseTimestamp for a batch with a delete horizon, the horizon
    /// @param maxTimestamp largest timestamp of the records kept
    /// @param level compression level for the batch's own codec
    public static ByteBuffer of(
            ByteBuffer buffer,
            int position,
            ByteBuffer records,
            int count,
            long baseTimestamp,
            boolean hasDeleteHorizon,
            long maxTimestamp,
            int level) {
        ByteBuffer header = header(buffer, position);
        if (hasDeleteHorizon) {
            int attributes = BatchHeader.attributes(header, 0) | BatchHeader.DELETE_HORIZON_BIT;
            header.putShort(BatchHeader.ATTRIBUTES_AT, (short) attributes);
        }
        header.putLong(BatchHeader.BASE_TIMESTAMP_AT, baseTimestamp);
        header.putLong(BatchHeader.MAX_TIMESTAMP_AT, maxTimestamp);
        header.putInt(BatchHeader.RECORD_COUNT_AT, count);
        return Compressor.repack(header, 0, records, BatchHeader.codec(header, 0), level);
    }

    /// The batch's header alone, without records, codec and delete horizon: kept for what it says of its producer.
    public static ByteBuffer emptied(ByteBuffer buffer, int position) {
        ByteBuffer header = header(buffer, position);
        int dropped = BatchHeader.CODEC_MASK | BatchHeader.DELETE_HORIZON_BIT;
        header.putShort(BatchHeader.ATTRIBUTES_AT, (short) (BatchHeader.attributes(header, 0) & ~dropped));
        header.putLong(BatchHeader.BASE_TIMESTAMP_AT, BatchHeader.NO_TIMESTAMP);
        header.putInt(BatchHeader.RECORD_COUNT_AT, 0);
        header.putInt(BatchHeader.LENGTH_AT, BatchHeader.OVERHEAD - BatchHeader.LOG_OVERHEAD);
        BatchHeader.updateCrc(header, 0);
        return header;
    }

    private static ByteBuffer header(ByteBuffer buffer, int position) {
        return ByteBuffer.allocate(BatchHeader.OVERHEAD).put(0, buffer, position, BatchHeader.OVERHEAD);
    }
}
