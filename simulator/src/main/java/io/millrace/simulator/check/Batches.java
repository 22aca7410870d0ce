package io.millrace.simulator.check;

import io.millrace.log.batch.BatchHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// Record batches as the simulation's clients write them and its checks read them: each record is one number.
///
/// Stateless.
public final class Batches {
    /// One varint of length, attributes, timestamp delta, offset delta, no key, the value's length, the value, no
    /// headers: all deltas of a simulated batch fit into one byte.
    private static final int RECORD_BYTES = 6 + Long.BYTES + 1;

    private static final int RECORDS_MAX = 64;

    private Batches() {}

    /// One batch as it lies in a log; two are the same when all their bytes are.
    public record Batch(long baseOffset, int epoch, int count, long producerId, int baseSequence, ByteBuffer bytes) {
        /// First offset behind it.
        public long nextOffset() {
            return baseOffset + count;
        }

        /// The number in record `index`.
        public long value(int index) {
            return bytes.getLong(BatchHeader.OVERHEAD + index * RECORD_BYTES + 6);
        }

        @Override
        public String toString() {
            return "[%d..%d epoch %d producer %d sequence %d first value %x]"
                    .formatted(baseOffset, nextOffset() - 1, epoch, producerId, baseSequence, value(0));
        }
    }

    /// A batch that holds `count` numbers from `firstValue` up.
    public static ByteBuffer of(long producerId, int baseSequence, long timestampMs, long firstValue, int count) {
        if (count > RECORDS_MAX) {
            throw new IllegalArgumentException(count + " records");
        }
        int size = BatchHeader.OVERHEAD + count * RECORD_BYTES;
        ByteBuffer batch = ByteBuffer.allocate(size);
        batch.putLong(0).putInt(size - BatchHeader.LOG_OVERHEAD).putInt(-1).put(BatchHeader.MAGIC);
        batch.putInt(0)
                .putShort((short) 0)
                .putInt(count - 1)
                .putLong(timestampMs)
                .putLong(timestampMs);
        boolean isNumbered = producerId >= 0;
        batch.putLong(producerId).putShort((short) (isNumbered ? 0 : -1)).putInt(isNumbered ? baseSequence : -1);
        batch.putInt(count);
        for (int i = 0; i < count; i++) {
            batch.put(zigZag(RECORD_BYTES - 1)).put((byte) 0).put((byte) 0).put(zigZag(i));
            batch.put(zigZag(-1))
                    .put(zigZag(Long.BYTES))
                    .putLong(firstValue + i)
                    .put((byte) 0);
        }
        CRC32C crc = new CRC32C();
        crc.update(batch.array(), 21, size - 21);
        batch.putInt(17, (int) crc.getValue());
        return batch.flip();
    }

    private static byte zigZag(int value) {
        return (byte) ((value << 1) ^ (value >> 31));
    }

    /// All batches from position to limit.
    ///
    /// @throws Violation when they are not whole, or their checksums do not fit
    public static List<Batch> parse(ByteBuffer bytes) {
        List<Batch> batches = new ArrayList<>();
        int at = bytes.position();
        while (at < bytes.limit()) {
            if (!BatchHeader.isWhole(bytes, at, bytes.limit()) || !BatchHeader.isCrcValid(bytes, at)) {
                throw new Violation("damaged batch handed out, at byte " + at + " of " + bytes.limit());
            }
            byte[] copy = new byte[BatchHeader.sizeInBytes(bytes, at)];
            bytes.get(at, copy);
            batches.add(new Batch(
                    BatchHeader.baseOffset(bytes, at),
                    BatchHeader.leaderEpoch(bytes, at),
                    BatchHeader.lastOffsetDelta(bytes, at) + 1,
                    BatchHeader.producerId(bytes, at),
                    BatchHeader.baseSequence(bytes, at),
                    ByteBuffer.wrap(copy)));
            at += copy.length;
        }
        return batches;
    }
}
