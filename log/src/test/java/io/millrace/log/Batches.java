package io.millrace.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// Record batches for tests, made and read by Kafka's own client library.
final class Batches {
    private Batches() {}

    static ByteBuffer of(long timestampMs, String... values) {
        return MemoryRecords.withRecords(Compression.NONE, records(timestampMs, values))
                .buffer();
    }

    /// Values one millisecond apart, from an idempotent producer.
    static ByteBuffer from(long producerId, int sequence, long timestampMs, String... values) {
        return MemoryRecords.withIdempotentRecords(
                        Compression.NONE, producerId, (short) 0, sequence, records(timestampMs, values))
                .buffer();
    }

    static ByteBuffer keyed(long timestampMs, String key, String value) {
        SimpleRecord record = new SimpleRecord(
                timestampMs, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
        return MemoryRecords.withRecords(Compression.NONE, record).buffer();
    }

    private static SimpleRecord[] records(long timestampMs, String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(timestampMs + i, values[i].getBytes(StandardCharsets.UTF_8));
        }
        return records;
    }

    /// `offset=value` of every record in a run of whole batches.
    static List<String> decode(ByteBuffer bytes) {
        List<String> texts = new ArrayList<>();
        for (Record record : MemoryRecords.readableRecords(bytes).records()) {
            texts.add(record.offset() + "=" + StandardCharsets.UTF_8.decode(record.value()));
        }
        return texts;
    }
}
