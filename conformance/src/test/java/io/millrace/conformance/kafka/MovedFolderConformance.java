package io.millrace.conformance.kafka;

import static io.millrace.conformance.kafka.JavaClients.fresh;
import static io.millrace.conformance.kafka.JavaClients.get;
import static io.millrace.conformance.kafka.JavaClients.pollUntil;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// A partition's folder moves from Kafka 4.4.0 to Millrace and back, as `docs/operating/moving-data.md` describes it:
/// each broker serves every record at its offset and goes on behind the last.
final class MovedFolderConformance {
    private static final long TIME = 1_700_000_000_000L;
    private static final String PADDING = " ".repeat(1_500);
    private static final Path ID = Path.of("partition.metadata");

    private final String topic = fresh("moved");
    private final TopicPartition partition = new TopicPartition(topic, 0);
    private int sent;

    @Test
    void aFolderMovesFromKafkaToMillraceAndBack() throws IOException {
        Assumptions.assumeTrue(BrokerKind.underTest() == BrokerKind.MILLRACE, "needs both brokers");
        try (var kafka = BrokerUnderTest.start(BrokerKind.KAFKA);
                var millrace = BrokerUnderTest.start()) {
            for (var broker : List.of(kafka, millrace)) {
                new JavaClients(broker.bootstrap()).createTopic(topic, 1, Map.of("segment.bytes", "1048576"));
            }
            produce(kafka, "none", "gzip", "snappy");
            kafka.stop();
            kafka.restart(); // a new leader epoch, as every life of a Kafka broker gives it
            produce(kafka, "lz4", "zstd", "none");
            kafka.stop();
            millrace.stop();

            Path folder = kafka.partitionFolder(topic, 0);
            try (var files = Files.list(folder)) {
                assertThat(files.filter(file -> file.toString().endsWith(".log"))
                                .count())
                        .isGreaterThan(1);
            }
            Path moved = millrace.data().resolve(topic + "-0");
            Folders.copy(folder, moved);
            Files.delete(moved.resolve(ID));
            millrace.restart();
            checkAll(millrace);
            produce(millrace, "none", "lz4", "none");
            checkAll(millrace);
            millrace.kill9();
            millrace.restart();
            checkAll(millrace);
            millrace.stop();
            assertThat(Files.readString(moved.resolve(ID))).contains("topic_id: ");

            Path kafkasId = Files.createTempFile("millrace-conformance", ".metadata");
            Files.move(folder.resolve(ID), kafkasId, StandardCopyOption.REPLACE_EXISTING);
            Folders.delete(folder);
            Folders.copy(moved, folder);
            Files.move(kafkasId, folder.resolve(ID), StandardCopyOption.REPLACE_EXISTING);
            kafka.restart();
            checkAll(kafka);
            produce(kafka, "none");
            checkAll(kafka);
        }
    }

    @Test
    void aFolderThatCarriesAnotherTopicsIdIsSetAside() throws IOException {
        Assumptions.assumeTrue(BrokerKind.underTest() == BrokerKind.MILLRACE, "about Millrace's own promises");
        try (var millrace = BrokerUnderTest.start()) {
            new JavaClients(millrace.bootstrap()).createTopic("golden", 1, Map.of());
            millrace.stop();
            Folders.copy(GoldenFolderWriter.FOLDER, millrace.data().resolve("golden-0"));

            millrace.restart();

            assertThat(new JavaClients(millrace.bootstrap()).readAll("golden")).isEmpty();
            try (var folders = Files.list(millrace.data())) {
                assertThat(folders.map(path -> path.getFileName().toString()))
                        .anyMatch(name -> name.startsWith("golden-0.") && name.endsWith("-stray"));
            }
        }
    }

    /// About 600 KB with each codec, before it compresses, from an idempotent producer. Timestamps count up with the
    /// offsets.
    private void produce(BrokerUnderTest broker, String... codecs) {
        for (String codec : codecs) {
            try (var producer =
                    new JavaClients(broker.bootstrap()).producer(Map.of("compression.type", codec, "linger.ms", 5))) {
                var futures = new ArrayList<Future<RecordMetadata>>();
                for (int i = 0; i < 400; i++) {
                    futures.add(producer.send(
                            new ProducerRecord<>(topic, 0, TIME + sent, "key " + sent, codec + sent + PADDING)));
                    sent++;
                }
                assertThat(get(futures.getLast()).offset()).isEqualTo(sent - 1);
            }
        }
    }

    private void checkAll(BrokerUnderTest broker) {
        var clients = new JavaClients(broker.bootstrap());
        List<ConsumerRecord<String, String>> read = clients.readAll(topic);
        assertThat(read).hasSize(sent);
        for (int i = 0; i < sent; i++) {
            ConsumerRecord<String, String> record = read.get(i);
            assertThat(record.offset()).isEqualTo(i);
            assertThat(record.key()).isEqualTo("key " + i);
            assertThat(record.timestamp()).isEqualTo(TIME + i);
            assertThat(record.value()).endsWith(i + PADDING);
        }
        try (var admin = clients.admin()) {
            var byTime = admin.listOffsets(Map.of(partition, OffsetSpec.forTimestamp(TIME + sent / 2)));
            assertThat(get(byTime.partitionResult(partition)).offset()).isEqualTo(sent / 2);
        }
        checkAGroup(clients);
    }

    /// A commit carries the leader epoch of the record before it, and the member that comes back holds the broker to
    /// it.
    private void checkAGroup(JavaClients clients) {
        Map<String, Object> config = Map.of("group.id", fresh("moved"), "max.poll.records", 100);
        var offsets = new ArrayList<Long>();
        try (var first = clients.consumer(config)) {
            first.subscribe(List.of(topic));
            pollUntil(() -> offsets.size() >= sent - 100, r -> offsets.add(r.offset()), List.of(first));
            first.commitSync();
        }
        try (var second = clients.consumer(config)) {
            second.subscribe(List.of(topic));
            pollUntil(() -> offsets.size() >= sent, r -> offsets.add(r.offset()), List.of(second));
        }
        assertThat(offsets).isEqualTo(LongStream.range(0, sent).boxed().toList());
    }
}
