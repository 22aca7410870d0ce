package io.millrace.kafka.mapping;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormats;
import io.millrace.broker.queue.Checkpoint;
import io.millrace.broker.queue.QueueRecordCodec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.jspecify.annotations.Nullable;

/// A queue's log in Kafka's format: messages are records any Kafka client reads (key = routing key, value = body,
/// readable headers), checkpoints are control batches of a type of ours, which they skip. Stateless.
public final class QueueTopicCodec implements QueueRecordCodec {
    /// Beside Kafka's own types of control records, which count from 0.
    static final short CONTROL_TYPE = 0x4D52;

    private static final short CONTROL_VERSION = 0;
    private static final int CONTROL_KEY_BYTES = 4;
    private static final int CRC_AT = 17;
    private static final int ATTRIBUTES_AT = 21;
    private static final int CONTROL_BIT = 0x20;
    private static final int BATCH_BYTES = 96;
    private static final int RECORD_BYTES = 128;

    private final MessageHeaders headers;

    /// @param formats whose headers are written so that Kafka's clients can read them
    public QueueTopicCodec(MessageFormats formats) {
        this.headers = new MessageHeaders(formats);
    }

    @Override
    public ByteBuffer encode(List<Message> messages) {
        int bytes = BATCH_BYTES;
        for (Message message : messages) {
            bytes += RECORD_BYTES + message.bytes() + message.properties().length;
        }
        MemoryRecordsBuilder batch = newBatch(bytes);
        for (Message message : messages) {
            batch.append(
                    message.publishedMs(),
                    message.routingKey().getBytes(StandardCharsets.UTF_8),
                    message.body(),
                    headers.of(message));
        }
        return batch.build().buffer();
    }

    private static MemoryRecordsBuilder newBatch(int bytes) {
        return MemoryRecords.builder(ByteBuffer.allocate(bytes), Compression.NONE, TimestampType.CREATE_TIME, 0L);
    }

    @Override
    public ByteBuffer encodeCheckpoint(Checkpoint checkpoint, long wallMs) {
        ByteBuffer value = checkpoint.encode();
        ByteBuffer key = ByteBuffer.allocate(CONTROL_KEY_BYTES)
                .putShort(CONTROL_VERSION)
                .putShort(CONTROL_TYPE)
                .flip();
        MemoryRecordsBuilder batch = newBatch(BATCH_BYTES + RECORD_BYTES + value.remaining());
        batch.append(wallMs, key, value);
        return asControl(batch.build().buffer());
    }

    /// Kafka's builder makes control batches of Kafka's own types only.
    private static ByteBuffer asControl(ByteBuffer batch) {
        ByteBuffer whole = batch.duplicate().order(ByteOrder.BIG_ENDIAN);
        int at = whole.position();
        whole.putShort(at + ATTRIBUTES_AT, (short) (whole.getShort(at + ATTRIBUTES_AT) | CONTROL_BIT));
        CRC32C crc = new CRC32C();
        crc.update(whole.slice(at + ATTRIBUTES_AT, whole.remaining() - ATTRIBUTES_AT));
        whole.putInt(at + CRC_AT, (int) crc.getValue());
        return batch;
    }

    @Override
    public long decode(ByteBuffer batches, long fromOffset, Messages messages) {
        long next = fromOffset;
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(batches).batches()) {
            if (!batch.isControlBatch()) {
                decode(batch, fromOffset, messages);
            }
            next = Math.max(next, batch.nextOffset());
        }
        return next;
    }

    private void decode(MutableRecordBatch batch, long fromOffset, Messages messages) {
        try {
            for (Record record : batch) {
                if (record.offset() >= fromOffset) {
                    messages.message(record.offset(), message(record));
                }
            }
        } catch (KafkaException unreadable) {
            // The log was damaged below us, which it reports; what is missing here the queue treats as lost.
        }
    }

    private Message message(Record record) {
        String key =
                record.hasKey() ? StandardCharsets.UTF_8.decode(record.key()).toString() : "";
        byte[] body = bytes(record.value());
        for (Header header : record.headers()) {
            if (header.key().equals(MessageHeaders.OPAQUE)) {
                Optional<Message> ours = MessageHeaders.message(header.value(), key, body, record.timestamp());
                if (ours.isPresent()) {
                    return ours.get();
                }
            }
        }
        return new Message(FormatId.KAFKA, "", key, new byte[0], body, record.timestamp());
    }

    private static byte[] bytes(@Nullable ByteBuffer value) {
        if (value == null) {
            return new byte[0];
        }
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        return bytes;
    }

    @Override
    public long decodeCheckpoints(ByteBuffer batches, long fromOffset, Checkpoints checkpoints) {
        long next = fromOffset;
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(batches).batches()) {
            next = Math.max(next, batch.nextOffset());
            if (batch.isControlBatch()) {
                long end = batch.nextOffset();
                checkpoint(batch).ifPresent(found -> checkpoints.checkpoint(end, found));
            }
        }
        return next;
    }

    private static Optional<Checkpoint> checkpoint(MutableRecordBatch batch) {
        try {
            for (Record record : batch) {
                ByteBuffer key = record.key();
                ByteBuffer value = record.value();
                boolean isOurs = key != null
                        && value != null
                        && key.remaining() == CONTROL_KEY_BYTES
                        && key.getShort(key.position() + Short.BYTES) == CONTROL_TYPE;
                if (isOurs) {
                    return Checkpoint.decode(value);
                }
            }
        } catch (KafkaException unreadable) {
            return Optional.empty(); // an earlier one will do
        }
        return Optional.empty();
    }
}
