package io.millrace.kafka.codec;

import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/// The record set of one partition in a Produce request: what the protocol demands of it by version. What the log
/// demands (checksums, counts, sizes) is the log's to check.
public final class RecordSet {
    private static final int LENGTH_POSITION = 8;
    private static final int LOG_OVERHEAD = 12;
    private static final int MAGIC_POSITION = 16;
    private static final int ATTRIBUTES_POSITION = 21;
    private static final int HEADER_BYTES = 61;
    private static final int CODEC_MASK = 0x07;
    private static final int MAGIC = 2;
    private static final int ZSTD_VERSION = 7;

    private RecordSet() {}

    /// The bytes of a decoded record set: the slice of the frame itself.
    public static ByteBuffer bytes(@Nullable BaseRecords records) {
        return records instanceof MemoryRecords memory ? memory.buffer() : ByteBuffer.allocate(0);
    }

    /// Version 3 and later carry exactly one batch, of the current format; zstd needs version 7 (KIP-110).
    public static Verdict check(ByteBuffer batches, short version) {
        int size = batches.remaining();
        int start = batches.position();
        if (size <= MAGIC_POSITION) {
            return Verdict.NO_BATCH;
        }
        byte magic = batches.get(start + MAGIC_POSITION);
        if (magic != MAGIC) {
            return magic == 0 || magic == 1 ? Verdict.OLD_MAGIC : Verdict.BROKEN;
        }
        // As long arithmetic, because the length is the client's word.
        long batchBytes = (long) batches.getInt(start + LENGTH_POSITION) + LOG_OVERHEAD;
        if (batchBytes < HEADER_BYTES) {
            return Verdict.BROKEN;
        }
        if (batchBytes > size) {
            return Verdict.NO_BATCH;
        }
        if (batchBytes < size) {
            return Verdict.MORE_BATCHES;
        }
        int codec = batches.getShort(start + ATTRIBUTES_POSITION) & CODEC_MASK;
        return codec == CompressionType.ZSTD.id && version < ZSTD_VERSION ? Verdict.ZSTD_TOO_EARLY : Verdict.OK;
    }

    /// What the protocol says to a record set.
    public enum Verdict {
        OK(Errors.NONE, ""),
        NO_BATCH(Errors.INVALID_RECORD, "The record set holds no whole record batch."),
        MORE_BATCHES(Errors.INVALID_RECORD, "A record set must hold exactly one record batch."),
        BROKEN(Errors.CORRUPT_MESSAGE, "The record batch has an impossible length or format."),
        OLD_MAGIC(Errors.INVALID_RECORD, "Record batches must be of format (magic) 2."),
        ZSTD_TOO_EARLY(Errors.UNSUPPORTED_COMPRESSION_TYPE, "zstd needs Produce version 7 or later.");

        private final Errors error;
        private final String message;

        Verdict(Errors error, String message) {
            this.error = error;
            this.message = message;
        }

        public Errors error() {
            return error;
        }

        public String message() {
            return message;
        }
    }
}
