package io.millrace.benchmarks.vskafka.wire;

import java.util.Arrays;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// Record batches (format v2) of equal records, built once by Kafka's own code.
public final class RecordBatches {
    private static final long SEED = 42;

    private RecordBatches() {}

    /// A built batch and how many records it holds.
    public record Batch(MemoryRecords records, int recordCount) {}

    /// A batch of exactly this many records with values of `valueBytes` random bytes.
    public static Batch ofCount(int recordCount, int valueBytes, long timestamp) {
        byte[] value = new byte[valueBytes];
        new Random(SEED).nextBytes(value);
        SimpleRecord[] records = new SimpleRecord[recordCount];
        Arrays.fill(records, new SimpleRecord(timestamp, value));
        return new Batch(MemoryRecords.withRecords(Compression.NONE, records), recordCount);
    }

    /// The largest batch of such records that fits into `batchBytes`, as a producer's `batch.size` would fill it.
    public static Batch filling(int batchBytes, int valueBytes, long timestamp) {
        int count = Math.max(1, batchBytes / valueBytes);
        Batch batch = ofCount(count, valueBytes, timestamp);
        while (count > 1 && batch.records().sizeInBytes() > batchBytes) {
            count--;
            batch = ofCount(count, valueBytes, timestamp);
        }
        return batch;
    }
}
