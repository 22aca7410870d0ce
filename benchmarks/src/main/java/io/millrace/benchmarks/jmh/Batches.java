package io.millrace.benchmarks.jmh;

import java.nio.ByteBuffer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// Record batches as a producer sends them, in direct memory as a socket delivers them.
final class Batches {
    /// What 100 bytes of value take inside a batch.
    private static final int RECORD_BYTES = 109;

    private static final int VALUE_BYTES = 100;

    /// When all of them were made; now, for the log they are appended to.
    static final long TIMESTAMP = 1_700_000_000_000L;

    private Batches() {}

    /// One uncompressed batch of 100-byte records, about that large; of one record if that is too small for more.
    static ByteBuffer ofBytes(int bytes) {
        var records = new SimpleRecord[Math.max(1, bytes / RECORD_BYTES)];
        for (int i = 0; i < records.length; i++) {
            records[i] = new SimpleRecord(TIMESTAMP, new byte[VALUE_BYTES]);
        }
        ByteBuffer made = MemoryRecords.withRecords(Compression.NONE, records).buffer();
        return direct(made);
    }

    static ByteBuffer direct(ByteBuffer heap) {
        return ByteBuffer.allocateDirect(heap.remaining()).put(heap.duplicate()).flip();
    }
}
