package io.millrace.server.clean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.server.Node;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Compaction as clients see it: a real node, Kafka's own client, a cleaner that never rests.
class CleanerTest {
    private static final long BEGIN_MS = 1_700_000_000_000L;
    private static final int KEYS = 40;

    @TempDir
    private Path folder;

    /// What was acknowledged: offset to `key=value`, `null` for a tombstone.
    private final Map<Long, String> written = new ConcurrentHashMap<>();

    private long time = BEGIN_MS;

    @Test
    void theLastValueOfEveryKeyStaysWhileProducersAndConsumersGoOn() throws Exception {
        Node node = CleanedNode.start(folder);
        String at = CleanedNode.at(node);
        CleanedNode.createTopic(at, Map.of());
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Integer> reader = CompletableFuture.supplyAsync(() -> followUntil(at, done));

        try (KafkaProducer<String, String> producer = CleanedNode.producer(at)) {
            for (int i = 0; i < 4000; i += 100) {
                write(producer, i, 100);
            }
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> CleanedNode.cleanedUpTo(folder, CleanedNode.TOPIC) > 3900);
        }
        done.set(true);

        assertThat(reader.get()).isPositive();
        Map<String, Long> last = new TreeMap<>();
        written.forEach((offset, text) -> last.merge(keyOf(text), offset, Math::max));
        List<ConsumerRecord<String, String>> left = CleanedNode.readAll(at);
        assertThat(left).hasSizeLessThan(KEYS + 100);
        assertSound(left);
        assertThat(left.stream().map(ConsumerRecord::offset).toList()).containsAll(last.values());

        node.stop();
        Node again = CleanedNode.start(folder);
        assertThat(CleanedNode.readAll(CleanedNode.at(again)).stream().map(ConsumerRecord::offset))
                .containsAll(last.values());
        again.stop();
    }

    @Test
    void tombstonesGoAfterTheirTime() throws Exception {
        Node node = CleanedNode.start(folder);
        String at = CleanedNode.at(node);
        CleanedNode.createTopic(at, Map.of("delete.retention.ms", "200"));
        try (KafkaProducer<String, String> producer = CleanedNode.producer(at)) {
            send(producer, "gone", "value").get();
            send(producer, "gone", null).get();
            send(producer, "stays", "value").get();
            int[] round = {0};
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                write(producer, round[0]++ * 20, 20);
                return CleanedNode.readAll(at).stream().noneMatch(record -> "gone".equals(record.key()));
            });
        }
        assertThat(CleanedNode.readAll(at)).anyMatch(record -> "stays".equals(record.key()) && record.offset() == 2);
        node.stop();
    }

    @Test
    void committedOffsetsSurviveTheCleaningOfTheirTopic() throws Exception {
        Node node = CleanedNode.start(folder);
        String at = CleanedNode.at(node);
        CleanedNode.createTopic(at, Map.of());
        commit(at, 0);
        alter(at, "__consumer_offsets", set("segment.ms", "20"), set("min.cleanable.dirty.ratio", "0.01"));
        int[] committed = {0};
        await().pollInterval(Duration.ofMillis(30))
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    commit(at, ++committed[0]);
                    return committed[0] >= 20 && CleanedNode.cleanedUpTo(folder, "__consumer_offsets") > 10;
                });
        node.stop();

        Node again = CleanedNode.start(folder);
        try (Admin admin = CleanedNode.admin(CleanedNode.at(again))) {
            Map<?, OffsetAndMetadata> found = admin.listConsumerGroupOffsets("shop")
                    .partitionsToOffsetAndMetadata()
                    .get();
            assertThat(found.get(CleanedNode.PARTITION).offset()).isEqualTo(committed[0]);
        }
        again.stop();
    }

    @Test
    void whatIsTooOldGoesFromACompactedTopicThatDeletesToo() throws Exception {
        Node node = CleanedNode.start(folder);
        String at = CleanedNode.at(node);
        CleanedNode.createTopic(at, Map.of("cleanup.policy", "compact,delete", "retention.ms", "3600000"));
        try (KafkaProducer<String, String> producer = CleanedNode.producer(at)) {
            write(producer, 0, 400);
        }
        // The last segment, too: nobody writes any more, and its time comes all the same.
        try (KafkaConsumer<String, String> consumer = CleanedNode.consumer(at)) {
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(consumer.beginningOffsets(List.of(CleanedNode.PARTITION)))
                            .as("files %s", logFiles(CleanedNode.TOPIC))
                            .containsEntry(CleanedNode.PARTITION, 400L));
        }
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(logFiles(CleanedNode.TOPIC))
                        .extracting(file -> file.getFileName().toString())
                        .containsExactly("00000000000000000400.log"));
        node.stop();
    }

    @Test
    void aDamagedLogIsLeftAloneAndTold() throws Exception {
        Node node = CleanedNode.start(folder);
        String at = CleanedNode.at(node);
        CleanedNode.createTopic(at, Map.of("min.cleanable.dirty.ratio", "1.0"));
        CleanedNode.createTopic(at, "sound", Map.of());
        try (KafkaProducer<String, String> producer = CleanedNode.producer(at)) {
            write(producer, 0, 200);
            try (FileChannel file =
                    FileChannel.open(logFiles(CleanedNode.TOPIC).getFirst(), StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 80);
            }
            alter(at, CleanedNode.TOPIC, set("min.cleanable.dirty.ratio", "0.01"));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> metrics(node).contains("millrace_cleaner_uncleanable_partitions 1.0"));

            for (int i = 0; i < 200; i++) {
                time += 50;
                producer.send(new ProducerRecord<>("sound", 0, time, "k" + i % KEYS, "v"));
            }
            producer.flush();
            await().atMost(Duration.ofSeconds(30)).until(() -> CleanedNode.cleanedUpTo(folder, "sound") > 100);
        }
        assertThat(CleanedNode.cleanedUpTo(folder, CleanedNode.TOPIC)).isZero();
        node.stop();
    }

    private List<Path> logFiles(String topic) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(topic + "-0"))) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }

    private static String metrics(Node node) throws IOException, InterruptedException {
        int port = node.httpAddress().orElseThrow().getPort();
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static void alter(String at, String topic, AlterConfigOp... changes)
            throws ExecutionException, InterruptedException {
        try (Admin admin = CleanedNode.admin(at)) {
            admin.incrementalAlterConfigs(
                            Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(changes)))
                    .all()
                    .get();
        }
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }

    private static void commit(String at, long offset) throws ExecutionException, InterruptedException {
        try (Admin admin = CleanedNode.admin(at)) {
            admin.alterConsumerGroupOffsets("shop", Map.of(CleanedNode.PARTITION, new OffsetAndMetadata(offset)))
                    .all()
                    .get();
        }
    }

    private void write(KafkaProducer<String, String> producer, int from, int count)
            throws ExecutionException, InterruptedException {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            String key = "k" + Math.floorMod(i * 31, KEYS);
            String value = i % 17 == 0 ? null : "v" + i;
            sent.add(send(producer, key, value));
            texts.add(key + "=" + value);
        }
        for (int i = 0; i < count; i++) {
            written.put(sent.get(i).get().offset(), texts.get(i));
        }
    }

    private Future<RecordMetadata> send(KafkaProducer<String, String> producer, String key, String value) {
        time += 50;
        return producer.send(new ProducerRecord<>(CleanedNode.TOPIC, 0, time, key, value));
    }

    private static String keyOf(String text) {
        return text.substring(0, text.indexOf('='));
    }

    /// Reads the topic over and over, from its begin, while it is written and cleaned. Returns how often.
    private static int followUntil(String at, AtomicBoolean done) {
        int rounds = 0;
        while (!done.get()) {
            Map<String, Integer> seen = new TreeMap<>();
            long next = 0;
            for (ConsumerRecord<String, String> record : CleanedNode.readAll(at)) {
                assertThat(record.offset()).isGreaterThanOrEqualTo(next);
                next = record.offset() + 1;
                if (record.value() != null) {
                    int number = Integer.parseInt(record.value().substring(1));
                    assertThat(number).isGreaterThan(seen.getOrDefault(record.key(), -1));
                    seen.put(record.key(), number);
                }
            }
            rounds++;
        }
        return rounds;
    }

    private void assertSound(Collection<ConsumerRecord<String, String>> records) {
        for (ConsumerRecord<String, String> record : records) {
            assertThat(record.key() + "=" + record.value()).isEqualTo(written.get(record.offset()));
        }
    }
}
