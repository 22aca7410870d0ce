package io.millrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.Finished;
import io.millrace.conformance.Folders;
import io.millrace.conformance.KafkaTools;
import io.millrace.conformance.Programs;
import io.millrace.conformance.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Partition folders in both directions: Kafka's dump tool reads what the stopped broker left, and our `log verify`
/// reads what Kafka 4.4.0 left (a committed folder, see [GoldenFolderWriter]).
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DataFolderConformance {
    private static final String DUMP = "org.apache.kafka.tools.DumpLogSegments";
    private static final int RECORDS = 3_000;

    private BrokerUnderTest broker;
    private KafkaTools tools;
    private String topic;

    @BeforeAll
    void fillAndStop() {
        tools = new KafkaTools();
        broker = BrokerUnderTest.start();
        var clients = new JavaClients(broker.bootstrap());
        topic = clients.topic("dumped", 1, Map.of("segment.bytes", "1048576"));
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            produce(clients, codec);
        }
        try (var consumer = clients.consumer(Map.of("group.id", "dumped-group"))) {
            var partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(42)));
        }
        broker.stop();
    }

    /// Random-looking values, so that the codecs cannot shrink three megabytes into one segment.
    private void produce(JavaClients clients, String codec) {
        var random = new Random(17);
        try (var producer = clients.producer(Map.of("compression.type", codec, "linger.ms", 5))) {
            for (int i = 0; i < RECORDS / 5; i++) {
                String value = random.ints(500).mapToObj(Integer::toHexString).collect(Collectors.joining());
                var record = new ProducerRecord<>(topic, 0, "key " + i, codec + value);
                record.headers().add("header", new byte[] {1, 2, 3});
                producer.send(record);
            }
        }
    }

    @AfterAll
    void close() {
        if (broker != null) {
            broker.close();
        }
        if (tools != null) {
            tools.close();
        }
    }

    private static List<Path> files(Path folder, String suffix) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Finished dump(List<Path> files, String... more) {
        var arguments = new ArrayList<>(List.of(
                "--files", String.join(",", files.stream().map(Path::toString).toList())));
        arguments.addAll(List.of(more));
        return tools.run(DUMP, arguments).ok();
    }

    @Test
    void everyRecordOfEverySegmentIsRead() {
        List<Path> logs = files(broker.partitionFolder(topic, 0), ".log");
        assertThat(logs).hasSizeGreaterThan(1);

        Finished dumped = dump(logs, "--deep-iteration", "--print-data-log");

        List<String> offsets = dumped.lines().stream()
                .filter(line -> line.startsWith("| offset: "))
                .map(line -> line.split(" ")[2])
                .toList();
        assertThat(offsets).hasSize(RECORDS).first().isEqualTo("0");
        assertThat(offsets.getLast()).isEqualTo(Integer.toString(RECORDS - 1));
        assertThat(dumped.out())
                .contains("compresscodec: none")
                .contains("compresscodec: gzip")
                .contains("compresscodec: snappy")
                .contains("compresscodec: lz4")
                .contains("compresscodec: zstd")
                .doesNotContain("isvalid: false");
    }

    @Test
    void theIndexesAgreeWithTheLog() {
        Path folder = broker.partitionFolder(topic, 0);
        var indexes = new ArrayList<>(files(folder, ".index"));
        indexes.addAll(files(folder, ".timeindex"));

        assertThat(dump(indexes).out())
                .contains("offset: ")
                .contains("timestamp: ")
                .doesNotContain("Mismatches")
                .doesNotContain("mismatch")
                .doesNotContain("out of order");
        assertThat(dump(indexes, "--index-sanity-check").out()).contains("passed sanity check");
    }

    @Test
    void theProducerSnapshotIsRead() {
        List<Path> snapshots = files(broker.partitionFolder(topic, 0), ".snapshot");

        assertThat(snapshots).isNotEmpty();
        assertThat(dump(List.of(snapshots.getLast())).out())
                .contains("producerId: ")
                .contains("lastSequence: 599");
    }

    @Test
    void theCheckpointOfLeaderEpochsIsThere() throws IOException {
        List<String> lines = Files.readAllLines(broker.partitionFolder(topic, 0).resolve("leader-epoch-checkpoint"));

        assertThat(lines.subList(0, 2)).containsExactly("0", Integer.toString(lines.size() - 2));
        assertThat(lines.get(2)).matches("\\d+ 0");
    }

    @Test
    void committedOffsetsAreRecordsThatKafkaDecodes() {
        try (Stream<Path> folders = Files.walk(broker.data())) {
            List<Path> logs = folders.filter(Files::isDirectory)
                    .filter(folder -> folder.getFileName().toString().startsWith("__consumer_offsets-"))
                    .flatMap(folder -> files(folder, ".log").stream())
                    .toList();

            assertThat(dump(logs, "--offsets-decoder").out())
                    .contains("\"group\":\"dumped-group\"")
                    .contains("\"offset\":42");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void ourVerifierAcceptsWhatKafkaWroteAndNoDamage(@TempDir Path folder) throws IOException {
        Assumptions.assumeTrue(broker.kind() == BrokerKind.MILLRACE, "Kafka has no verifier to try on its own folder");
        Path copy = folder.resolve("golden-0");
        Folders.copy(GoldenFolderWriter.FOLDER, copy);

        Finished good = verify(copy);
        assertThat(good.ok().out()).contains("104");

        Path segment = copy.resolve("00000000000000000040.log");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[200] ^= 1;
        Files.write(segment, bytes);
        assertThat(verify(copy).exit()).isNotZero();
    }

    @Test
    void ourVerifierAcceptsOurOwnFolder() {
        Assumptions.assumeTrue(broker.kind() == BrokerKind.MILLRACE, "Kafka has no verifier to try on its own folder");

        verify(broker.partitionFolder(topic, 0)).ok();
    }

    private static Finished verify(Path folder) {
        return Programs.run(
                Duration.ofSeconds(60),
                List.of(Repository.file("bin/millrace").toString(), "log", "verify", folder.toString()));
    }
}
