package io.millrace.conformance.kafka;

import static io.millrace.conformance.kafka.JavaClients.fresh;
import static io.millrace.conformance.kafka.JavaClients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.SharedBroker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The Java producer 4.4.0, unchanged.
@ExtendWith(SharedBroker.class)
final class JavaProducerConformance {
    private final JavaClients clients;

    JavaProducerConformance(BrokerUnderTest broker) {
        clients = new JavaClients(broker.bootstrap());
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void everyCodecBringsBackWhatWasSent(String codec) {
        String topic = clients.topic("codec", 1, Map.of());
        List<String> values = IntStream.range(0, 500)
                .mapToObj(i -> "a value that compresses " + i)
                .toList();

        try (var producer = clients.producer(Map.of("compression.type", codec, "linger.ms", 20))) {
            values.stream()
                    .map(value -> producer.send(new ProducerRecord<>(topic, "key", value)))
                    .toList()
                    .forEach(JavaClients::get);
        }

        assertThat(clients.readValues(topic)).isEqualTo(values);
    }

    @ParameterizedTest
    @ValueSource(strings = {"uncompressed", "gzip", "snappy", "lz4", "zstd", "producer"})
    void aTopicsOwnCodecIsInvisibleToReaders(String topicCodec) {
        String topic = clients.topic("topic-codec", 1, Map.of("compression.type", topicCodec));
        List<String> values =
                IntStream.range(0, 200).mapToObj(i -> "again and again " + i).toList();

        try (var producer = clients.producer(Map.of("compression.type", "lz4", "linger.ms", 20))) {
            values.stream()
                    .map(value -> producer.send(new ProducerRecord<>(topic, null, value)))
                    .toList()
                    .forEach(JavaClients::get);
        }

        assertThat(clients.readValues(topic)).isEqualTo(values);
    }

    @Test
    void keysValuesHeadersAndTimestampsAreKept() {
        String topic = clients.topic("fields", 1, Map.of());
        var withHeaders = new ProducerRecord<>(topic, 0, 1_700_000_000_123L, "key", "value");
        withHeaders
                .headers()
                .add("a", bytes("1"))
                .add("a", bytes("2"))
                .add("empty", new byte[0])
                .add("null", null);

        try (var producer = clients.producer(Map.of())) {
            get(producer.send(withHeaders));
            get(producer.send(new ProducerRecord<>(topic, 0, "key", null)));
            get(producer.send(new ProducerRecord<>(topic, 0, null, "")));
            get(producer.send(new ProducerRecord<>(topic, 0, null, null)));
        }

        List<ConsumerRecord<String, String>> read = clients.readAll(topic);
        assertThat(read)
                .extracting(ConsumerRecord::offset, ConsumerRecord::key, ConsumerRecord::value)
                .containsExactly(
                        tuple(0L, "key", "value"), tuple(1L, "key", null), tuple(2L, null, ""), tuple(3L, null, null));
        assertThat(read.getFirst().timestamp()).isEqualTo(1_700_000_000_123L);
        assertThat(read.getFirst().timestampType()).isEqualTo(TimestampType.CREATE_TIME);
        assertThat(Stream.of(read.getFirst().headers().toArray()).map(Header::key))
                .containsExactly("a", "a", "empty", "null");
        assertThat(Stream.of(read.getFirst().headers().toArray()).map(Header::value))
                .containsExactly(bytes("1"), bytes("2"), new byte[0], null);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "all"})
    void everyLevelOfAcknowledgementStoresTheRecord(String acks) {
        String topic = clients.topic("acks", 1, Map.of());

        RecordMetadata sent;
        try (var producer = clients.producer(Map.of("acks", acks, "enable.idempotence", acks.equals("all")))) {
            get(producer.send(new ProducerRecord<>(topic, 0, null, "first")));
            sent = get(producer.send(new ProducerRecord<>(topic, 0, null, "second")));
        }

        assertThat(sent.hasOffset()).isEqualTo(!acks.equals("0"));
        assertThat(sent.offset()).isEqualTo(acks.equals("0") ? -1 : 1);
        var read = new ArrayList<String>();
        try (var consumer = clients.consumer(Map.of("group.id", fresh("acks")))) {
            consumer.subscribe(List.of(topic));
            JavaClients.pollUntil(() -> read.size() >= 2, r -> read.add(r.value()), List.of(consumer));
        }
        assertThat(read).containsExactly("first", "second");
    }

    @Test
    void idempotentBatchesOfManyPartitionsKeepTheirOrder() {
        String topic = clients.topic("idempotent", 6, Map.of());
        var sent = new ArrayList<Future<RecordMetadata>>();

        try (var producer = clients.producer(Map.of("batch.size", 512, "linger.ms", 0))) {
            for (int i = 0; i < 3_000; i++) {
                sent.add(producer.send(new ProducerRecord<>(topic, i % 6, null, "value " + i)));
            }
            sent.forEach(JavaClients::get);
        }

        for (int partition = 0; partition < 6; partition++) {
            int wanted = partition;
            assertThat(sent.stream().map(JavaClients::get).filter(m -> m.partition() == wanted))
                    .extracting(RecordMetadata::offset)
                    .isEqualTo(IntStream.range(0, 500).mapToObj(i -> (long) i).toList());
            assertThat(clients.readAll(topic).stream().filter(r -> r.partition() == wanted))
                    .extracting(ConsumerRecord::value)
                    .isEqualTo(IntStream.range(0, 500)
                            .mapToObj(i -> "value " + (i * 6 + wanted))
                            .toList());
        }
    }

    @Test
    void aRecordOverTheTopicsLimitIsRefusedAndTheNextOneIsNot() {
        String topic = clients.topic("large", 1, Map.of("max.message.bytes", "2000"));

        try (var producer = clients.producer(Map.of())) {
            assertThatExceptionOfType(RecordTooLargeException.class)
                    .isThrownBy(() -> get(producer.send(new ProducerRecord<>(topic, "x".repeat(5_000)))));

            assertThat(get(producer.send(new ProducerRecord<>(topic, "small"))).offset())
                    .isZero();
        }
        assertThat(clients.readValues(topic)).containsExactly("small");
    }

    @Test
    void aRecordOfAlmostAMegabyteFits() {
        String topic = clients.topic("megabyte", 1, Map.of());
        String value = "m".repeat(1_000_000);

        clients.send(topic, List.of(value));

        assertThat(clients.readValues(topic)).containsExactly(value);
    }

    @Test
    void logAppendTimeReplacesTheProducersTime() {
        String topic = clients.topic("append-time", 1, Map.of("message.timestamp.type", "LogAppendTime"));

        RecordMetadata sent;
        try (var producer = clients.producer(Map.of())) {
            sent = get(producer.send(new ProducerRecord<>(topic, 0, 1_000_000_000_000L, null, "late")));
        }

        ConsumerRecord<String, String> read = clients.readAll(topic).getFirst();
        assertThat(read.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        assertThat(read.timestamp()).isEqualTo(sent.timestamp()).isGreaterThan(1_700_000_000_000L);
    }

    @Test
    void aTimestampOutsideTheTopicsBoundsIsRefused() {
        String topic = clients.topic("bounds", 1, Map.of("message.timestamp.before.max.ms", "60000"));

        try (var producer = clients.producer(Map.of())) {
            assertThatExceptionOfType(InvalidTimestampException.class)
                    .isThrownBy(() -> get(producer.send(new ProducerRecord<>(topic, 0, 1_000L, null, "old"))));
        }
        assertThat(clients.readValues(topic)).isEmpty();
    }

    @Test
    void aCompactedTopicRefusesARecordWithoutKey() {
        String topic = clients.topic("compacted", 1, Map.of("cleanup.policy", "compact"));

        try (var producer = clients.producer(Map.of())) {
            assertThatExceptionOfType(InvalidRecordException.class)
                    .isThrownBy(() -> get(producer.send(new ProducerRecord<>(topic, 0, null, "no key"))));
            get(producer.send(new ProducerRecord<>(topic, 0, "key", "with key")));
        }
        assertThat(clients.readValues(topic)).containsExactly("with key");
    }

    @Test
    void anUnknownTopicIsCreatedOnFirstUse() {
        String topic = fresh("auto-created");

        clients.send(topic, List.of("first"));

        assertThat(clients.readValues(topic)).containsExactly("first");
    }

    @Test
    void aNameThatKafkaRefusesIsRefused() {
        try (var producer = clients.producer(Map.of())) {
            assertThatExceptionOfType(InvalidTopicException.class)
                    .isThrownBy(() -> get(producer.send(new ProducerRecord<>("not a topic!", "value"))));
        }
    }

    @Test
    void moreReplicasThanThePartitionHasAreNotAskedFor() {
        // Kafka since 4.0 takes the smaller of min.insync.replicas and the number of replicas (KIP-966)
        String topic = clients.topic("min-isr", 1, Map.of("min.insync.replicas", "2"));

        assertThat(clients.send(topic, 1)).extracting(RecordMetadata::offset).containsExactly(0L);
    }

    @Test
    void aProducerGoesOnWhenItsTopicIsDeletedAndRecreated() {
        String topic = clients.topic("recreated", 1, Map.of());

        try (var producer = clients.producer(Map.of());
                var admin = clients.admin()) {
            get(producer.send(new ProducerRecord<>(topic, 0, null, "old life")));
            get(admin.deleteTopics(List.of(topic)).all());
            clients.createTopic(topic, 1, Map.of());
            get(producer.send(new ProducerRecord<>(topic, 0, null, "new life")));
        }

        assertThat(clients.readAll(topic))
                .extracting(ConsumerRecord::offset, ConsumerRecord::value)
                .containsExactly(tuple(0L, "new life"));
    }
}
