package io.millrace.conformance.kafka;

import static io.millrace.conformance.kafka.JavaClients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.Mount;
import io.millrace.conformance.Wire;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A data folder on a disk that runs full: a small file system in memory.
final class FullDiskConformance {
    private static final int DISK_MEGABYTES = 40;
    private static final Duration SOON = Duration.ofSeconds(40);

    private BrokerUnderTest broker;
    private Mount mount;
    private JavaClients clients;

    @BeforeEach
    void start() {
        Assumptions.assumeTrue(BrokerKind.underTest() == BrokerKind.MILLRACE, "about Millrace's own promises");
        broker = BrokerUnderTest.prepareMillrace("storage.reserve-bytes=8388608");
        mount = Mount.ofSize(broker.data(), DISK_MEGABYTES);
        broker.restart();
        clients = new JavaClients(broker.bootstrap());
    }

    @AfterEach
    void close() {
        // In this order at the end: the process, the file system, the folder under it.
        try (BrokerUnderTest ended = broker;
                Mount _ = mount) {
            if (ended != null && ended.isRunning()) {
                ended.kill9();
            }
        }
    }

    /// A Java producer writes until the broker does not take any more; the offsets of what was acknowledged.
    private List<Long> fill(String topic) {
        var offsets = new ArrayList<Long>();
        try (var producer = clients.producer(Map.of(
                "delivery.timeout.ms", 5_500, "request.timeout.ms", 5_000, "batch.size", 100_000, "linger.ms", 5))) {
            String value = "x".repeat(50_000);
            while (true) {
                var sent = new ArrayList<Future<RecordMetadata>>();
                for (int i = 0; i < 20; i++) {
                    sent.add(producer.send(new ProducerRecord<>(topic, 0, null, value)));
                }
                for (Future<RecordMetadata> one : sent) {
                    offsets.add(one.get().offset());
                }
            }
        } catch (ExecutionException full) {
            // What the last answer said, or that time ran out while it was tried again.
            assertThat(full.getCause()).isInstanceOfAny(KafkaStorageException.class, TimeoutException.class);
            return offsets;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private Errors produceError(String topic) throws IOException {
        try (var wire = new Wire(broker.port())) {
            RequestHeader header = Wire.header(ApiKeys.PRODUCE, 12, 1);
            wire.send(header, Requests.produce(topic, Uuid.ZERO_UUID, 12, -1, Requests.records("more")));
            return Errors.forCode(((ProduceResponse) wire.receive(header))
                    .data()
                    .responses()
                    .iterator()
                    .next()
                    .partitionResponses()
                    .getFirst()
                    .errorCode());
        }
    }

    private void checkThatReadersGoOn(String topic, int first, int end) {
        List<String> values =
                IntStream.range(first, end).mapToObj(Integer::toString).toList();
        assertThat(clients.readValues(topic)).isEqualTo(values);
        try (var admin = clients.admin()) {
            var partition = new TopicPartition(topic, 0);
            var latest = admin.listOffsets(Map.of(partition, OffsetSpec.latest()));
            assertThat(get(latest.partitionResult(partition)).offset()).isEqualTo(end);
            var newest = admin.listOffsets(Map.of(partition, OffsetSpec.maxTimestamp()));
            assertThat(get(newest.partitionResult(partition)).offset()).isBetween((long) first, end - 1L);
        }
    }

    private void awaitReady(boolean isReady) {
        Awaitility.await().atMost(SOON).until(() -> broker.isReady() == isReady);
    }

    @Test
    void writersAreRefusedAndEverybodyElseIsServedUntilThereIsSpaceAgain() throws IOException {
        String kept = clients.topic("kept", 1, Map.of());
        String filler = clients.topic("filler", 1, Map.of("segment.bytes", "4194304"));
        clients.send(kept, 20);
        assertThat(broker.isReady()).isTrue();

        List<Long> acknowledged = fill(filler);

        assertThat(produceError(filler)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(produceError(kept)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        awaitReady(false);
        checkThatReadersGoOn(kept, 0, 20);
        try (var admin = clients.admin()) {
            get(admin.deleteRecords(Map.of(new TopicPartition(kept, 0), RecordsToDelete.beforeOffset(5)))
                    .all());
        }
        checkThatReadersGoOn(kept, 5, 20);

        broker.stop();
        broker.restart();
        awaitReady(false);
        checkThatReadersGoOn(kept, 5, 20);
        broker.kill9();
        broker.restart();
        assertThat(produceError(kept)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(clients.readAll(filler).stream().map(record -> record.offset()))
                .startsWith(acknowledged.toArray(Long[]::new));

        try (var admin = clients.admin()) {
            get(admin.deleteTopics(List.of(filler)).all());
        }
        try (var producer = clients.producer(Map.of())) {
            assertThat(get(producer.send(new ProducerRecord<>(kept, 0, null, "20")))
                            .offset())
                    .isEqualTo(20);
        }
        awaitReady(true);
        assertThat(clients.readValues(kept)).endsWith("19", "20");
    }

    /// Not even what Millrace keeps for itself is left: nothing about topics can be changed then, but nothing stops.
    @Test
    void aDiskThatOthersFilledToTheLastByteIsSurvived() throws IOException {
        String topic = clients.topic("kept", 1, Map.of());
        clients.send(topic, 20);
        Path foreign = broker.data().resolve("foreign");
        fillToTheLastByte(foreign);

        awaitReady(false);
        assertThat(produceError(topic)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        try (var admin = clients.admin()) {
            var deletion = admin.deleteTopics(List.of(topic)).all();
            assertThatExceptionOfType(KafkaStorageException.class).isThrownBy(() -> get(deletion));
        }
        checkThatReadersGoOn(topic, 0, 20);
        broker.stop();
        var refused = broker.startRefused();
        assertThat(refused.exit()).isNotZero();
        assertThat(refused.err() + refused.out()).contains("No space left");
        Files.delete(foreign);
        broker.restart();
        assertThat(clients.send(topic, List.of("20"))).hasSize(1);
        awaitReady(true);
        checkThatReadersGoOn(topic, 0, 21);
    }

    private static void fillToTheLastByte(Path file) throws IOException {
        for (int chunk : new int[] {1 << 20, 1}) {
            try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                while (true) {
                    out.write(new byte[chunk]);
                }
            } catch (IOException full) {
                assertThat(full).hasMessageContaining("No space left");
            }
        }
    }
}
