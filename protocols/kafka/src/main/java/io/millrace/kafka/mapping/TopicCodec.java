package io.millrace.kafka.mapping;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormats;
import io.millrace.broker.stream.StreamCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.CloseableIterator;
import org.jspecify.annotations.Nullable;

/// Messages in a topic's log, and records there as messages, whoever wrote them (`docs/protocols/mapping.md`).
/// Stateless.
public final class TopicCodec implements StreamCodec {
    private static final int BATCH_BYTES = 96;
    private static final int RECORD_BYTES = 128;
    /// An AMQP client could not have sent more, nor could one take it.
    private static final int PROPERTIES_BYTES_MAX = 128 * 1024;

    private static final byte[] EMPTY = {};

    private final MessageHeaders headers;

    /// @param formats whose headers are written so that Kafka's clients can read them
    public TopicCodec(MessageFormats formats) {
        this.headers = new MessageHeaders(formats);
    }

    /// No routing key is no key: such records may go anywhere, and are nothing a compacted topic could keep.
    @Override
    public ByteBuffer encode(List<Message> messages) {
        int bytes = BATCH_BYTES;
        for (Message message : messages) {
            bytes += RECORD_BYTES + message.bytes() + message.properties().length;
        }
        MemoryRecordsBuilder batch =
                MemoryRecords.builder(ByteBuffer.allocate(bytes), Compression.NONE, TimestampType.CREATE_TIME, 0L);
        for (Message message : messages) {
            String key = message.routingKey();
            batch.append(
                    message.publishedMs(),
                    key.isEmpty() ? null : utf8(key),
                    message.body(),
                    headers.withProperties(message));
        }
        return batch.build().buffer();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int partitionOf(String routingKey, int partitions) {
        return Utils.toPositive(Utils.murmur2(utf8(routingKey))) % partitions;
    }

    @Override
    public long decode(ByteBuffer batches, long fromOffset, int bytesMax, Messages messages) {
        Taking taking = new Taking(fromOffset, bytesMax, messages);
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(batches).batches()) {
            if (batch.isControlBatch()) {
                taking.next = Math.max(taking.next, batch.nextOffset());
            } else if (!taking.isAll(batch)) {
                break;
            }
        }
        return taking.next;
    }

    /// How far a reading has come.
    private static final class Taking {
        private final long fromOffset;
        private final Messages messages;
        private long bytesLeft;
        private long next;

        Taking(long fromOffset, int bytesMax, Messages messages) {
            this.fromOffset = fromOffset;
            this.messages = messages;
            this.bytesLeft = bytesMax;
            this.next = fromOffset;
        }

        /// Takes the messages of a batch, and says whether there is room for those of the next.
        private boolean isAll(MutableRecordBatch batch) {
            try (CloseableIterator<Record> records = batch.streamingIterator(BufferSupplier.NO_CACHING)) {
                while (records.hasNext()) {
                    if (bytesLeft <= 0) {
                        return false;
                    }
                    take(records.next());
                }
            } catch (KafkaException unreadable) {
                // The log was damaged below us, which it reports; what is missing here can not be read by anybody.
            }
            next = Math.max(next, batch.nextOffset());
            return bytesLeft > 0;
        }

        private void take(Record record) {
            if (record.offset() >= fromOffset) {
                Message message = message(record);
                messages.message(record.offset(), message);
                bytesLeft -= RECORD_BYTES + message.bytes();
                next = record.offset() + 1;
            }
        }
    }

    private static Message message(Record record) {
        String key = text(record.key());
        byte[] body = bytes(record.value());
        for (Header header : record.headers()) {
            if (header.key().equals(MessageHeaders.OPAQUE)) {
                Optional<Message> ours = MessageHeaders.message(header.value(), key, body, record.timestamp())
                        .filter(TopicCodec::canBeSaid);
                if (ours.isPresent()) {
                    return ours.get();
                }
            }
        }
        byte[] properties = KafkaFormat.properties(record.headers());
        return new Message(FormatId.KAFKA, "", key, properties, body, record.timestamp());
    }

    /// Anybody may write to a topic, and call a header as ours.
    private static boolean canBeSaid(Message message) {
        return utf8(message.exchange()).length <= MessageHeaders.EXCHANGE_BYTES_MAX
                && message.properties().length <= PROPERTIES_BYTES_MAX;
    }

    private static String text(@Nullable ByteBuffer key) {
        return key == null ? "" : StandardCharsets.UTF_8.decode(key).toString();
    }

    private static byte[] bytes(@Nullable ByteBuffer value) {
        if (value == null) {
            return EMPTY;
        }
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        return bytes;
    }
}
