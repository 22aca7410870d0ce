package io.millrace.kafka.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormat;
import io.millrace.broker.message.MessageFormats;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ByteString;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

/// Records of topics as messages and back: a test for each cell of `docs/protocols/mapping.md`.
class TopicCodecTest {
    private final KafkaFormat kafka = new KafkaFormat();
    private final TopicCodec codec =
            new TopicCodec(new MessageFormats(Map.of(FormatId.AMQP_0_9_1, new Marked(), FormatId.KAFKA, kafka)));

    /// Properties are the value of the one header `h`; the message has a content type and a reply-to.
    private static final class Marked implements MessageFormat {
        @Override
        public Arguments headers(byte[] properties) {
            return Arguments.of("h", ArgumentValue.text(new String(properties, StandardCharsets.UTF_8)))
                    .with("reply-to", ArgumentValue.text("the sender's own"));
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
            return Optional.ofNullable(Map.of("content_type", "text/plain", "reply_to", "r", "app_id", "a")
                    .get(name));
        }
    }

    private record Found(long offset, Message message) {}

    private List<Found> decode(ByteBuffer batches, long from) {
        List<Found> found = new ArrayList<>();
        codec.decode(batches, from, 1 << 20, (offset, message) -> found.add(new Found(offset, message)));
        return found;
    }

    private Message only(SimpleRecord... records) {
        List<Found> found = decode(batch(Compression.NONE, records), 0);
        assertThat(found).hasSize(1);
        return found.getFirst().message();
    }

    private static ByteBuffer batch(Compression compression, SimpleRecord... records) {
        return MemoryRecords.withRecords(compression, records).buffer();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static SimpleRecord record(String value) {
        return new SimpleRecord(5, utf8("k"), utf8(value));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    private static Message message(String key, String body) {
        return new Message(FormatId.AMQP_0_9_1, "ex", key, utf8("hi"), utf8(body), 1_000);
    }

    private Record recordOf(Message message) {
        return MemoryRecords.readableRecords(codec.encode(List.of(message)))
                .records()
                .iterator()
                .next();
    }

    private static String header(Record record, String name) {
        for (Header header : record.headers()) {
            if (header.key().equals(name)) {
                return new String(header.value(), StandardCharsets.UTF_8);
            }
        }
        return "";
    }

    // --- to Kafka

    @Test
    void keyValueAndTime() {
        Record record = recordOf(message("a.b", "body"));

        assertThat(text(record.key())).isEqualTo("a.b");
        assertThat(text(record.value())).isEqualTo("body");
        assertThat(record.timestamp()).isEqualTo(1_000);
    }

    @Test
    void noRoutingKeyIsNoKey() {
        assertThat(recordOf(message("", "body")).hasKey()).isFalse();
    }

    @Test
    void headersAndSomePropertiesAreReadable() {
        Record record = recordOf(message("k", "body"));

        assertThat(header(record, "h")).isEqualTo("hi");
        assertThat(header(record, "content-type")).isEqualTo("text/plain");
        assertThat(header(record, "app-id")).isEmpty();
    }

    @Test
    void theSendersHeadersComeBeforeProperties() {
        assertThat(header(recordOf(message("k", "body")), "reply-to")).isEqualTo("the sender's own");
    }

    @Test
    void comesBackAsItWas() {
        Message sent = message("a.b", "body");
        Message back = decode(codec.encode(List.of(sent)), 0).getFirst().message();

        assertThat(back.format()).isEqualTo(FormatId.AMQP_0_9_1);
        assertThat(back.exchange()).isEqualTo("ex");
        assertThat(back.routingKey()).isEqualTo("a.b");
        assertThat(back.properties()).isEqualTo(sent.properties());
        assertThat(back.body()).isEqualTo(sent.body());
        assertThat(back.publishedMs()).isEqualTo(1_000);
    }

    @Property
    void partitionsAreThoseOfKafkasProducer(SeededRandomness random) {
        String key = "k" + random.nextLong();
        int partitions = 1 + random.nextInt(100);

        assertThat(codec.partitionOf(key, partitions))
                .isEqualTo(BuiltInPartitioner.partitionForKey(utf8(key), partitions));
    }

    // --- from Kafka

    @Test
    void aRecordIsAMessageOfItsKey() {
        Message message = only(record("v"));

        assertThat(message.format()).isEqualTo(FormatId.KAFKA);
        assertThat(message.exchange()).isEmpty();
        assertThat(message.routingKey()).isEqualTo("k");
        assertThat(message.body()).isEqualTo(utf8("v"));
        assertThat(message.publishedMs()).isEqualTo(5);
        assertThat(kafka.headers(message.properties())).isEqualTo(Arguments.NONE);
    }

    @Test
    void noKeyAndNoValueAreEmpty() {
        Message message = only(new SimpleRecord(5, null, (byte[]) null));

        assertThat(message.routingKey()).isEmpty();
        assertThat(message.body()).isEmpty();
    }

    @Test
    void headersAreTextWhereTheyCanBe() {
        Header[] headers = {
            new RecordHeader("t", utf8("text")),
            new RecordHeader("b", new byte[] {-1, 0}),
            new RecordHeader("v", null),
            new RecordHeader("t", utf8("the last counts"))
        };
        Message message = only(new SimpleRecord(5, utf8("k"), utf8("v"), headers));

        Arguments wanted = Arguments.of("t", ArgumentValue.text("the last counts"))
                .with("b", new ArgumentValue.Binary(ByteString.of(new byte[] {-1, 0})))
                .with("v", new ArgumentValue.Nothing());
        assertThat(kafka.headers(message.properties())).isEqualTo(wanted);
    }

    @Test
    void someHeadersAreProperties() {
        Header[] headers = {
            new RecordHeader("content-type", utf8("text/plain")), new RecordHeader("user-id", utf8("root"))
        };
        Message message = only(new SimpleRecord(5, utf8("k"), utf8("v"), headers));

        assertThat(kafka.property(message.properties(), "content_type")).hasValue("text/plain");
        assertThat(kafka.property(message.properties(), "user_id")).isEmpty(); // nobody checked it
    }

    @Test
    void aPlaceInAStreamIsANumber() {
        Arguments placed = Arguments.of("x-stream-offset", ArgumentValue.whole(7));

        assertThat(kafka.headers(kafka.withHeaders(new byte[0], placed, false))).isEqualTo(placed);
    }

    @Test
    void whatOnlyLooksLikeOursIsARecord() {
        byte[] tooLongAnExchange = ByteBuffer.allocate(400)
                .put((byte) 1)
                .put((byte) 1)
                .putLong(0)
                .putShort((short) 300)
                .array();
        for (byte[] forged : List.of(new byte[] {1}, tooLongAnExchange, new byte[200_000])) {
            Header[] headers = {new RecordHeader("millrace.message", forged)};
            assertThat(only(new SimpleRecord(5, utf8("k"), utf8("v"), headers)).format())
                    .isEqualTo(FormatId.KAFKA);
        }
    }

    @Property
    void anyBytesAreReadWithoutAFault(SeededRandomness random) {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        if (bytes.length > 0) {
            bytes[0] = 1;
        }

        assertThat(kafka.headers(bytes)).isNotNull();
    }

    // --- batches

    @Test
    void readsFromTheMiddleOfACompressedBatch() {
        ByteBuffer batch = batch(Compression.gzip().build(), record("a"), record("b"), record("c"));

        assertThat(decode(batch, 1)).extracting(Found::offset).containsExactly(1L, 2L);
    }

    @Test
    void stopsWhenItIsEnoughAndSaysWhereToGoOn() {
        String large = "x".repeat(10_000);
        ByteBuffer batch = batch(Compression.gzip().build(), record(large), record(large), record("c"));
        List<Long> offsets = new ArrayList<>();

        long next = codec.decode(batch, 0, 15_000, (offset, _) -> offsets.add(offset));

        assertThat(offsets).containsExactly(0L, 1L);
        assertThat(next).isEqualTo(2);
        assertThat(decode(batch, next)).extracting(Found::offset).containsExactly(2L);
    }

    @Test
    void controlBatchesArePassedOver() {
        ByteBuffer marker = MemoryRecords.withEndTransactionMarker(
                        7L, (short) 0, new EndTransactionMarker(ControlRecordType.COMMIT, 0))
                .buffer();

        assertThat(codec.decode(marker, 0, 1_000, (_, _) -> {
                    throw new AssertionError("no message");
                }))
                .isEqualTo(1);
    }

    @Test
    void aDamagedBatchIsPassedOver() {
        ByteBuffer batch = batch(Compression.gzip().build(), record("a"), record("b"));
        batch.put(80, (byte) (batch.get(80) ^ 0x55)); // within the compressed records

        assertThat(codec.decode(batch, 0, 1_000, (_, _) -> {})).isEqualTo(2);
    }
}
