package io.millrace.kafka.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormat;
import io.millrace.broker.message.MessageFormats;
import io.millrace.broker.queue.Checkpoint;
import io.millrace.broker.queue.machine.OffsetRanges;
import io.millrace.broker.queue.machine.Snapshot;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.BatchCheck;
import io.millrace.log.batch.BatchValidator;
import io.millrace.log.config.LogConfig;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.TopicPartition;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

/// A queue's log as Kafka's own classes read it, and back without loss.
class QueueTopicCodecTest {
    private static final TopicPartition PARTITION = new TopicPartition("queue.q", 0);

    private final QueueTopicCodec codec =
            new QueueTopicCodec(new MessageFormats(Map.of(FormatId.AMQP_0_9_1, new TextHeader())));

    /// Properties are the value of the one header `h`.
    private static final class TextHeader implements MessageFormat {
        @Override
        public Arguments headers(byte[] properties) {
            return Arguments.of("h", ArgumentValue.text(new String(properties, StandardCharsets.UTF_8)))
                    .with("n", ArgumentValue.whole(7))
                    .with("t", new ArgumentValue.Table(Arguments.NONE))
                    .with("millrace.message", ArgumentValue.text("mine"));
        }

        @Override
        public Traits traits(byte[] properties) {
            return Traits.PLAIN;
        }

        @Override
        public byte[] withHeaders(byte[] properties, Arguments headers, boolean dropExpiration) {
            return properties;
        }

        @Override
        public Optional<String> property(byte[] properties, String name) {
            return Optional.empty();
        }
    }

    private record Found(long offset, Message message) {}

    private List<Found> decode(ByteBuffer batches, long from) {
        List<Found> found = new ArrayList<>();
        codec.decode(batches, from, (offset, message) -> found.add(new Found(offset, message)));
        return found;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void kafkaReadsMessages() {
        var message = new Message(FormatId.AMQP_0_9_1, "ex", "a.b", utf8("hi"), utf8("body"), 1_000);

        ByteBuffer batch = codec.encode(List.of(message));

        Record record =
                MemoryRecords.readableRecords(batch).records().iterator().next();
        assertThat(StandardCharsets.UTF_8.decode(record.key()).toString()).isEqualTo("a.b");
        assertThat(StandardCharsets.UTF_8.decode(record.value()).toString()).isEqualTo("body");
        assertThat(record.timestamp()).isEqualTo(1_000);
        assertThat(record.headers()).extracting(Header::key).containsExactly("h", "n", "millrace.message");
        assertThat(record.headers()[0].value()).isEqualTo(utf8("hi"));
        assertThat(record.headers()[1].value()).isEqualTo(utf8("7"));
    }

    @Property(tries = 200)
    void messagesComeBackAsTheyWere(SeededRandomness random) {
        List<Message> messages = new ArrayList<>();
        for (int left = random.between(1, 20); left > 0; left--) {
            messages.add(new Message(
                    random.pick(List.of(FormatId.KAFKA, FormatId.AMQP_0_9_1)),
                    "ex" + random.nextInt(3),
                    "key" + random.nextInt(3),
                    random.bytes(random.nextInt(30)),
                    random.bytes(random.nextInt(200)),
                    1_000_000 + random.nextInt(1_000),
                    random.onceIn(3) ? random.nextInt(1_000_000) : Message.AT_ONCE));
        }
        ByteBuffer batch = codec.encode(messages);
        batch.putLong(0, 40);
        int from = random.nextInt(messages.size());

        List<Found> found = decode(batch, 40 + from);

        assertThat(found).hasSize(messages.size() - from);
        for (int at = 0; at < found.size(); at++) {
            Message was = messages.get(from + at);
            Message is = found.get(at).message;
            assertThat(found.get(at).offset).isEqualTo(40 + from + at);
            assertThat(is.format()).isEqualTo(was.format());
            assertThat(is.exchange()).isEqualTo(was.exchange());
            assertThat(is.routingKey()).isEqualTo(was.routingKey());
            assertThat(is.properties()).isEqualTo(was.properties());
            assertThat(is.body()).isEqualTo(was.body());
            assertThat(is.publishedMs()).isEqualTo(was.publishedMs());
            assertThat(is.dueMs()).isEqualTo(was.dueMs());
        }
    }

    @Test
    void checkpointsAreControlBatchesThatTheLogTakesAndKafkaKnowsNothingOf() {
        var settled = new OffsetRanges.Builder().add(5, 7).build();
        var checkpoint = new Checkpoint(new Snapshot(4, 9, 3, settled, List.of()), true);

        ByteBuffer batch = codec.encodeCheckpoint(checkpoint, 1_000);

        RecordBatch read =
                MemoryRecords.readableRecords(batch).batches().iterator().next();
        read.ensureValid();
        assertThat(read.isControlBatch()).isTrue();
        assertThat(read.hasProducerId()).isFalse();
        assertThat(ControlRecordType.parse(read.iterator().next().key())).isEqualTo(ControlRecordType.UNKNOWN);
        assertThat(BatchValidator.validate(
                        PARTITION, batch.duplicate(), AppendOrigin.COORDINATOR, LogConfig.DEFAULT, 1 << 20, 1_000))
                .isInstanceOf(BatchCheck.Valid.class);
        List<Checkpoint> found = new ArrayList<>();
        long next = codec.decodeCheckpoints(batch.duplicate(), 0, (end, one) -> {
            assertThat(end).isEqualTo(1);
            found.add(one);
        });
        assertThat(next).isEqualTo(1);
        assertThat(found).containsExactly(checkpoint);
        assertThat(decode(batch, 0)).isEmpty();
    }

    @Test
    void whatKafkasClientsWriteIsAMessageToo() {
        MemoryRecords records = MemoryRecords.withRecords(
                Compression.NONE,
                new SimpleRecord(5, utf8("key"), utf8("value")),
                new SimpleRecord(6, (byte[]) null, null));

        List<Found> found = decode(records.buffer(), 0);

        assertThat(found).hasSize(2);
        assertThat(found.getFirst().message.format()).isEqualTo(FormatId.KAFKA);
        assertThat(found.getFirst().message.routingKey()).isEqualTo("key");
        assertThat(found.getFirst().message.body()).isEqualTo(utf8("value"));
        assertThat(found.getLast().message.body()).isEmpty();
    }

    @Property(tries = 300)
    void noBytesInOurHeaderBreakAnything(SeededRandomness random) {
        byte[] opaque = random.bytes(random.nextInt(40));
        if (opaque.length > 1) {
            opaque[0] = 1;
            opaque[1] = (byte) random.nextInt(3);
        }
        assertThat(MessageHeaders.message(opaque, "k", new byte[0], 1)).isNotNull();
    }
}
