package io.millrace.log.batch;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// The header of a record batch, magic 2 (KIP-98), read and patched where it lies: static accessors over a big-endian
/// buffer and the position of the batch's first byte. Nothing is copied; the buffer's own position and limit are never
/// looked at or moved.
///
/// ```
///  0 baseOffset 8 | 8 length 4 | 12 leaderEpoch 4 | 16 magic 1 | 17 crc 4 | 21 attributes 2 | 23 lastOffsetDelta 4
/// 27 baseTimestamp 8 | 35 maxTimestamp 8 | 43 producerId 8 | 51 producerEpoch 2 | 53 baseSequence 4 | 57 recordCount 4
/// ```
/// The CRC-32C covers everything from `attributes` on, so base offset and leader epoch can be assigned without touching
/// it.
///
/// Invariant: callers have checked that [#OVERHEAD] bytes are there ([#LOG_OVERHEAD] for offset and size).
public final class BatchHeader {
    /// Bytes before what `length` counts: the base offset and the length itself.
    public static final int LOG_OVERHEAD = 12;

    /// Bytes of a whole header; the records follow.
    public static final int OVERHEAD = 61;

    public static final byte MAGIC = 2;

    public static final long NO_PRODUCER_ID = -1;
    public static final short NO_PRODUCER_EPOCH = -1;
    public static final int NO_SEQUENCE = -1;
    public static final long NO_TIMESTAMP = -1;

    static final int LENGTH_AT = 8;
    static final int LEADER_EPOCH_AT = 12;
    static final int MAGIC_AT = 16;
    static final int CRC_AT = 17;
    static final int ATTRIBUTES_AT = 21;
    static final int LAST_OFFSET_DELTA_AT = 23;
    static final int BASE_TIMESTAMP_AT = 27;
    static final int MAX_TIMESTAMP_AT = 35;
    static final int PRODUCER_ID_AT = 43;
    static final int PRODUCER_EPOCH_AT = 51;
    static final int BASE_SEQUENCE_AT = 53;
    static final int RECORD_COUNT_AT = 57;

    static final int CODEC_MASK = 0x07;
    static final int LOG_APPEND_TIME_BIT = 0x08;
    static final int TRANSACTIONAL_BIT = 0x10;
    static final int CONTROL_BIT = 0x20;
    static final int DELETE_HORIZON_BIT = 0x40;

    private BatchHeader() {}

    public static long baseOffset(ByteBuffer buffer, int position) {
        return buffer.getLong(position);
    }

    /// Bytes of the whole batch, header included. Unchecked: may be anything, and may overflow to a negative number, in
    /// bytes that were never validated.
    public static int sizeInBytes(ByteBuffer buffer, int position) {
        return buffer.getInt(position + LENGTH_AT) + LOG_OVERHEAD;
    }

    public static int leaderEpoch(ByteBuffer buffer, int position) {
        return buffer.getInt(position + LEADER_EPOCH_AT);
    }

    public static byte magic(ByteBuffer buffer, int position) {
        return buffer.get(position + MAGIC_AT);
    }

    /// The stored CRC-32C, as an unsigned number.
    public static long crc(ByteBuffer buffer, int position) {
        return buffer.getInt(position + CRC_AT) & 0xFFFF_FFFFL;
    }

    public static short attributes(ByteBuffer buffer, int position) {
        return buffer.getShort(position + ATTRIBUTES_AT);
    }

    public static int lastOffsetDelta(ByteBuffer buffer, int position) {
        return buffer.getInt(position + LAST_OFFSET_DELTA_AT);
    }

    public static long lastOffset(ByteBuffer buffer, int position) {
        return baseOffset(buffer, position) + lastOffsetDelta(buffer, position);
    }

    /// The timestamp all record timestamps are relative to; in a batch with a delete horizon, that horizon (KIP-534).
    public static long baseTimestamp(ByteBuffer buffer, int position) {
        return buffer.getLong(position + BASE_TIMESTAMP_AT);
    }

    public static long maxTimestamp(ByteBuffer buffer, int position) {
        return buffer.getLong(position + MAX_TIMESTAMP_AT);
    }

    public static long producerId(ByteBuffer buffer, int position) {
        return buffer.getLong(position + PRODUCER_ID_AT);
    }

    public static boolean hasProducerId(ByteBuffer buffer, int position) {
        return producerId(buffer, position) > NO_PRODUCER_ID;
    }

    public static short producerEpoch(ByteBuffer buffer, int position) {
        return buffer.getShort(position + PRODUCER_EPOCH_AT);
    }

    public static int baseSequence(ByteBuffer buffer, int position) {
        return buffer.getInt(position + BASE_SEQUENCE_AT);
    }

    /// Sequence of the last record: follows the base sequence by the offset delta and wraps from the largest `int` to
    /// 0; [#NO_SEQUENCE] for a batch without one.
    public static int lastSequence(ByteBuffer buffer, int position) {
        int base = baseSequence(buffer, position);
        return base == NO_SEQUENCE ? NO_SEQUENCE : sequencePlus(base, lastOffsetDelta(buffer, position));
    }

    /// Sequences are 31-bit and wrap to 0.
    public static int sequencePlus(int sequence, int increment) {
        return (int) (((long) sequence + increment) & Integer.MAX_VALUE);
    }

    public static int recordCount(ByteBuffer buffer, int position) {
        return buffer.getInt(position + RECORD_COUNT_AT);
    }

    public static boolean isControl(ByteBuffer buffer, int position) {
        return (attributes(buffer, position) & CONTROL_BIT) != 0;
    }

    public static boolean isTransactional(ByteBuffer buffer, int position) {
        return (attributes(buffer, position) & TRANSACTIONAL_BIT) != 0;
    }

    /// Whether the broker stamped the batch; then every record's timestamp is [#maxTimestamp].
    public static boolean isLogAppendTime(ByteBuffer buffer, int position) {
        return (attributes(buffer, position) & LOG_APPEND_TIME_BIT) != 0;
    }

    /// Compression codec: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.
    public static int codec(ByteBuffer buffer, int position) {
        return attributes(buffer, position) & CODEC_MASK;
    }

    public static boolean hasDeleteHorizon(ByteBuffer buffer, int position) {
        return (attributes(buffer, position) & DELETE_HORIZON_BIT) != 0;
    }

    /// Whether a whole, plausible header of a whole batch lies at `position` and the batch ends at or before `limit`.
    public static boolean isWhole(ByteBuffer buffer, int position, int limit) {
        if (limit - position < OVERHEAD) {
            return false;
        }
        int size = sizeInBytes(buffer, position);
        return size >= OVERHEAD && size <= limit - position;
    }

    /// CRC-32C over what the header's CRC covers. Reads the whole batch; the caller knows it is there.
    public static long computeCrc(ByteBuffer buffer, int position) {
        ByteBuffer covered = buffer.duplicate();
        covered.limit(position + sizeInBytes(buffer, position)).position(position + ATTRIBUTES_AT);
        CRC32C crc = new CRC32C();
        crc.update(covered);
        return crc.getValue();
    }

    public static boolean isCrcValid(ByteBuffer buffer, int position) {
        return crc(buffer, position) == computeCrc(buffer, position);
    }

    /// The CRC is not affected.
    public static void setBaseOffset(ByteBuffer buffer, int position, long baseOffset) {
        buffer.putLong(position, baseOffset);
    }

    /// The CRC is not affected.
    public static void setLeaderEpoch(ByteBuffer buffer, int position, int leaderEpoch) {
        buffer.putInt(position + LEADER_EPOCH_AT, leaderEpoch);
    }

    /// Stamps the batch with the broker's time and recomputes the CRC.
    public static void setLogAppendTime(ByteBuffer buffer, int position, long nowMs) {
        int attributes = attributes(buffer, position) | LOG_APPEND_TIME_BIT;
        buffer.putShort(position + ATTRIBUTES_AT, (short) attributes);
        buffer.putLong(position + MAX_TIMESTAMP_AT, nowMs);
        updateCrc(buffer, position);
    }

    /// Corrects the largest create time of the batch and recomputes the CRC.
    static void setMaxTimestamp(ByteBuffer buffer, int position, long maxTimestamp) {
        buffer.putLong(position + MAX_TIMESTAMP_AT, maxTimestamp);
        updateCrc(buffer, position);
    }

    static void updateCrc(ByteBuffer buffer, int position) {
        buffer.putInt(position + CRC_AT, (int) computeCrc(buffer, position));
    }
}
