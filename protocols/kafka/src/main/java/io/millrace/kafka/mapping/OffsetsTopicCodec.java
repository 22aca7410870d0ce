package io.millrace.kafka.mapping;

import io.millrace.broker.group.GroupRecord;
import io.millrace.broker.group.GroupRecordCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.jspecify.annotations.Nullable;

/// `__consumer_offsets` in Kafka's own format, so that its tools read ours and a folder can move both ways. Stateless.
public final class OffsetsTopicCodec implements GroupRecordCodec {
    @Override
    public ByteBuffer encode(List<GroupRecord> records, long wallMs, int batchBytesMax) {
        List<ByteBuffer> batches = new ArrayList<>(1);
        MemoryRecordsBuilder batch = newBatch(records.size() * 160);
        for (GroupRecord record : records) {
            byte[] key = OffsetsTopicFields.key(record);
            byte[] value = OffsetsTopicFields.value(record);
            int valueSize = value == null ? 0 : value.length;
            boolean full = batch.estimatedSizeInBytes() + key.length + valueSize + 32 > batchBytesMax;
            if (full && batch.numRecords() > 0) {
                batches.add(batch.build().buffer());
                batch = newBatch(key.length + valueSize + 128);
            }
            batch.append(wallMs, key, value);
        }
        batches.add(batch.build().buffer());
        return batches.size() == 1 ? batches.get(0) : joined(batches);
    }

    private static MemoryRecordsBuilder newBatch(int bytes) {
        return MemoryRecords.builder(
                ByteBuffer.allocate(Math.max(bytes, 512)), Compression.NONE, TimestampType.CREATE_TIME, 0L);
    }

    private static ByteBuffer joined(List<ByteBuffer> parts) {
        ByteBuffer whole = ByteBuffer.allocate(
                parts.stream().mapToInt(ByteBuffer::remaining).sum());
        parts.forEach(whole::put);
        return whole.flip();
    }

    @Override
    public long decode(ByteBuffer batches, long fromOffset, Entries entries) {
        long nextOffset = fromOffset;
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(batches).batches()) {
            try {
                decode(batch, fromOffset, entries);
            } catch (KafkaException unreadable) {
                entries.skipped("batches that cannot be read");
            }
            nextOffset = Math.max(nextOffset, batch.nextOffset());
        }
        return nextOffset;
    }

    private static void decode(MutableRecordBatch batch, long fromOffset, Entries entries) {
        for (Record record : batch) {
            if (record.offset() < fromOffset) {
                continue;
            }
            if (batch.isControlBatch()) {
                decodeControl(batch.producerId(), record.key(), entries);
            } else {
                decodeRecord(batch, record, entries);
            }
        }
    }

    private static void decodeControl(long producerId, @Nullable ByteBuffer key, Entries entries) {
        ControlRecordType type = key == null ? ControlRecordType.UNKNOWN : ControlRecordType.parse(key);
        switch (type) {
            case COMMIT -> entries.transactionEnded(producerId, true);
            case ABORT -> entries.transactionEnded(producerId, false);
            default -> entries.skipped("control records of an unknown kind");
        }
    }

    private static void decodeRecord(MutableRecordBatch batch, Record record, Entries entries) {
        ByteBuffer key = record.key();
        if (key == null || key.remaining() < Short.BYTES) {
            entries.skipped("records without a key");
            return;
        }
        try {
            GroupRecord decoded = OffsetsTopicFields.read(key, record.value());
            if (decoded == null) {
                entries.skipped("records of kind " + key.getShort(key.position()));
            } else if (batch.isTransactional()) {
                entries.pending(batch.producerId(), decoded);
            } else {
                entries.record(decoded);
            }
        } catch (FieldReader.Malformed malformed) {
            entries.skipped("malformed records");
        }
    }
}
