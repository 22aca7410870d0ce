package io.millrace.log.batch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// Batches made by Kafka's own builder, as test input.
public final class Batches {
    private Batches() {}

    public static ByteBuffer of(CompressionType codec, SimpleRecord... records) {
        return idempotent(codec, 0, -1, (short) -1, -1, false, records);
    }

    public static ByteBuffer idempotent(
            CompressionType codec,
            long baseOffset,
            long producerId,
            short epoch,
            int sequence,
            boolean transactional,
            SimpleRecord... records) {
        MemoryRecordsBuilder builder = MemoryRecords.builder(
                ByteBuffer.allocate(1024),
                RecordBatch.MAGIC_VALUE_V2,
                Compression.of(codec).build(),
                TimestampType.CREATE_TIME,
                baseOffset,
                0,
                producerId,
                epoch,
                sequence,
                transactional,
                RecordBatch.NO_PARTITION_LEADER_EPOCH);
        for (SimpleRecord record : records) {
            builder.append(record);
        }
        return copy(builder.build().buffer());
    }

    public static SimpleRecord record(long timestamp, String key, String value) {
        return new SimpleRecord(timestamp, bytes(key), bytes(value));
    }

    public static ByteBuffer join(List<ByteBuffer> parts) {
        ByteBuffer all = ByteBuffer.allocate(
                parts.stream().mapToInt(ByteBuffer::remaining).sum());
        parts.forEach(part -> all.put(part.duplicate()));
        return all.flip();
    }

    public static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
    }

    /// Off the heap, between other bytes, so that views that ignore the position or read past the end are found out.
    public static ByteBuffer directWithinNoise(ByteBuffer bytes, int before, int after) {
        ByteBuffer all = ByteBuffer.allocateDirect(before + bytes.remaining() + after);
        for (int i = 0; i < before; i++) {
            all.put((byte) 0xEE);
        }
        all.put(bytes.duplicate());
        while (all.hasRemaining()) {
            all.put((byte) 0xEE);
        }
        return all.position(before).limit(before + bytes.remaining());
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
