package io.millrace.conformance.kafka;

import static io.millrace.conformance.kafka.JavaClients.fresh;
import static io.millrace.conformance.kafka.JavaClients.get;
import static io.millrace.conformance.kafka.JavaClients.pollUntil;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.InstalledClients;
import io.millrace.conformance.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A node with four event loops, so that nearly every request crosses from the loop of its connection to the loops that
/// own its partitions and groups, and back. By default a node on two cores has one loop and nothing ever crosses.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EventLoopsConformance {
    private static final int PARTITIONS = 8;
    private static final int ROUNDS = 4;
    private static final int LARGE_BATCH_RECORDS = 5;
    private static final int LARGE_BATCH_BYTES = 3 << 19;

    private BrokerUnderTest broker;
    private JavaClients clients;

    @BeforeAll
    void start() {
        broker = BrokerUnderTest.start("network.event-loops=4");
        clients = new JavaClients(broker.bootstrap());
    }

    @AfterAll
    void stopWithoutAnErrorInTheLog() throws IOException {
        if (broker == null) {
            return;
        }
        try (BrokerUnderTest ended = broker) {
            ended.stop();
            assertThat(Files.readAllLines(ended.logFile())).noneMatch(line -> line.contains("ERROR"));
        }
    }

    private List<String> topics(String prefix, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> clients.topic(prefix + i, PARTITIONS, Map.of()))
                .toList();
    }

    private static List<Future<RecordMetadata>> sendRoundRobin(
            Producer<String, String> producer, List<String> topics, int from, int to) {
        var sent = new ArrayList<Future<RecordMetadata>>();
        for (int i = from; i < to; i++) {
            for (String topic : topics) {
                sent.add(producer.send(new ProducerRecord<>(topic, i % PARTITIONS, null, Integer.toString(i))));
            }
        }
        return sent;
    }

    private static Map<TopicPartition, List<String>> byPartition(List<ConsumerRecord<String, String>> records) {
        var values = new HashMap<TopicPartition, List<String>>();
        for (var record : records) {
            values.computeIfAbsent(new TopicPartition(record.topic(), record.partition()), ignored -> new ArrayList<>())
                    .add(record.value());
        }
        return values;
    }

    private static List<String> expected(int partition, int count) {
        return IntStream.range(0, count)
                .filter(i -> i % PARTITIONS == partition)
                .mapToObj(Integer::toString)
                .toList();
    }

    @Test
    void anIdempotentProducerKeepsItsOrderInEveryPartition() {
        List<String> topics = topics("ordered", 3);

        try (var producer = clients.producer(Map.of("batch.size", 300, "linger.ms", 0))) {
            sendRoundRobin(producer, topics, 0, 2_000).forEach(JavaClients::get);
        }

        for (String topic : topics) {
            Map<TopicPartition, List<String>> read = byPartition(clients.readAll(topic));
            for (int partition = 0; partition < PARTITIONS; partition++) {
                assertThat(read.get(new TopicPartition(topic, partition))).isEqualTo(expected(partition, 2_000));
            }
        }
    }

    /// A node unpacks more than 1 MiB beside its loops: what comes behind on the same partition waits for it there, and
    /// the answers find the loops of their connections again.
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd"})
    void batchesThatUnpackToMuchKeepTheirPlaceAmongSmallOnes(String codec) {
        String topic = clients.topic("large-" + codec, PARTITIONS, Map.of());
        String filling = "x".repeat(LARGE_BATCH_BYTES / LARGE_BATCH_RECORDS);
        // One batch for each partition and round, whole: it leaves with the flush and not before.
        Map<String, Object> whole =
                Map.of("compression.type", codec, "batch.size", 2 * LARGE_BATCH_BYTES, "linger.ms", 10_000);

        try (var large = clients.producer(whole);
                var small = clients.producer(Map.of("linger.ms", 0))) {
            for (int round = 0; round < ROUNDS; round++) {
                var sent = new ArrayList<Future<RecordMetadata>>();
                for (int i = 0; i < PARTITIONS * LARGE_BATCH_RECORDS; i++) {
                    String number = Integer.toString(round * PARTITIONS * LARGE_BATCH_RECORDS + i);
                    sent.add(large.send(new ProducerRecord<>(topic, i % PARTITIONS, number, filling)));
                }
                var flushed = CompletableFuture.runAsync(large::flush);
                sent.addAll(sendRoundRobin(small, List.of(topic), round * 200, (round + 1) * 200));
                flushed.join();
                sent.forEach(JavaClients::get);
            }
        }

        Map<TopicPartition, List<String>> largeRead = new HashMap<>();
        Map<TopicPartition, List<String>> smallRead = new HashMap<>();
        for (var record : clients.readAll(topic)) {
            boolean isLarge = record.value().equals(filling);
            (isLarge ? largeRead : smallRead)
                    .computeIfAbsent(new TopicPartition(topic, record.partition()), ignored -> new ArrayList<>())
                    .add(isLarge ? record.key() : record.value());
        }
        for (int i = 0; i < PARTITIONS; i++) {
            TopicPartition partition = new TopicPartition(topic, i);
            assertThat(largeRead.get(partition)).isEqualTo(expected(i, ROUNDS * PARTITIONS * LARGE_BATCH_RECORDS));
            assertThat(smallRead.get(partition)).isEqualTo(expected(i, ROUNDS * 200));
        }
    }

    @Test
    void aWaitingFetchIsWokenByAnAppendOnAnyLoop() {
        // A fetch that nobody wakes is not answered before the test has failed.
        Map<String, Object> patient =
                Map.of("fetch.max.wait.ms", 60_000, "request.timeout.ms", 90_000, "default.api.timeout.ms", 90_000);
        List<String> topics = topics("woken", 3);
        List<TopicPartition> all = topics.stream()
                .flatMap(topic -> IntStream.range(0, PARTITIONS).mapToObj(p -> new TopicPartition(topic, p)))
                .toList();

        try (var first = clients.consumer(patient);
                var second = clients.consumer(patient);
                var producer = clients.producer(Map.of())) {
            var read = new HashMap<KafkaConsumer<String, String>, List<String>>();
            for (var consumer : List.of(first, second)) {
                consumer.assign(all);
                consumer.seekToBeginning(all);
                read.put(consumer, new ArrayList<>());
            }
            for (int i = 0; i < all.size() * 2; i++) {
                TopicPartition partition = all.get(i % all.size());
                get(producer.send(new ProducerRecord<>(partition.topic(), partition.partition(), null, "" + i)));
                int wanted = i + 1;
                for (var consumer : List.of(first, second)) {
                    List<String> values = read.get(consumer);
                    pollUntil(() -> values.size() >= wanted, r -> values.add(r.value()), List.of(consumer));
                }
            }
            List<String> inOrder = IntStream.range(0, all.size() * 2)
                    .mapToObj(Integer::toString)
                    .toList();
            assertThat(read.values()).allSatisfy(values -> assertThat(values).isEqualTo(inOrder));
            // Otherwise it would say goodbye behind the fetch that waits, and wait with it.
            read.keySet().forEach(consumer -> consumer.close(CloseOptions.timeout(Duration.ZERO)));
        }
    }

    @Test
    void aGroupOverManyTopicsReadsEveryRecordOnceWhileMembersComeAndGo() {
        List<String> topics = topics("shared", 3);
        Map<String, Object> config = Map.of(
                "group.id",
                fresh("loops"),
                "heartbeat.interval.ms",
                200,
                "enable.auto.commit",
                true,
                "partition.assignment.strategy",
                CooperativeStickyAssignor.class.getName());
        var read = new ArrayList<String>();
        int third = 400;

        try (var first = clients.consumer(config);
                var producer = clients.producer(Map.of())) {
            first.subscribe(topics);
            sendRoundRobin(producer, topics, 0, third);
            pollUntil(() -> read.size() >= third * 3, r -> read.add(r.value()), List.of(first));
            try (var second = clients.consumer(config);
                    var last = clients.consumer(config)) {
                var all = List.of(first, second, last);
                second.subscribe(topics);
                last.subscribe(topics);
                pollUntil(() -> areShared(all), r -> read.add(r.value()), all);
                sendRoundRobin(producer, topics, third, third * 2);
                pollUntil(() -> read.size() >= third * 6, r -> read.add(r.value()), all);
            }
            sendRoundRobin(producer, topics, third * 2, third * 3);
            pollUntil(() -> read.size() >= third * 9, r -> read.add(r.value()), List.of(first));
        }

        List<String> thrice = IntStream.range(0, third * 3)
                .mapToObj(Integer::toString)
                .flatMap(value -> List.of(value, value, value).stream())
                .toList();
        assertThat(read).containsExactlyInAnyOrderElementsOf(thrice);
    }

    private static boolean areShared(List<KafkaConsumer<String, String>> members) {
        return members.stream().allMatch(member -> member.assignment().size() == 3 * PARTITIONS / members.size());
    }

    @Test
    void aTopicIsDeletedUnderItsProducers() {
        String kept = clients.topic("kept", PARTITIONS, Map.of());
        String doomed = clients.topic("doomed", PARTITIONS, Map.of());
        var keptSent = new ArrayList<Future<RecordMetadata>>();

        try (var producer = clients.producer(Map.of("linger.ms", 0));
                var brief = clients.producer(
                        Map.of("linger.ms", 0, "delivery.timeout.ms", 3_000, "request.timeout.ms", 2_000));
                var admin = clients.admin()) {
            for (int round = 0; round < 20; round++) {
                keptSent.addAll(sendRoundRobin(producer, List.of(kept), round * 100, (round + 1) * 100));
                sendRoundRobin(brief, List.of(doomed), round * 100, (round + 1) * 100);
                if (round == 10) {
                    get(admin.deleteTopics(List.of(doomed)).all());
                }
            }
            keptSent.forEach(JavaClients::get);
        }

        Map<TopicPartition, List<String>> read = byPartition(clients.readAll(kept));
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(read.get(new TopicPartition(kept, partition))).isEqualTo(expected(partition, 2_000));
        }
    }

    @Test
    void kcatWritesAndReadsInAGroup() {
        String topic = clients.topic("kcat-loops", PARTITIONS, Map.of());
        String kcat = InstalledClients.program("kcat");
        List<String> values =
                IntStream.range(0, 2_000).mapToObj(Integer::toString).toList();
        var produce = List.of(kcat, "-b", broker.bootstrap(), "-P", "-t", topic, "-X", "enable.idempotence=true");
        var consume = List.of(
                kcat,
                "-b",
                broker.bootstrap(),
                "-G",
                fresh("kcat"),
                "-q",
                "-c",
                "2000",
                "-X",
                "auto.offset.reset=earliest",
                topic);

        Programs.run(Duration.ofSeconds(30), produce, String.join("\n", values) + "\n")
                .ok();

        assertThat(Programs.run(Duration.ofSeconds(30), consume).ok().lines())
                .containsExactlyInAnyOrderElementsOf(values);
    }

    @Test
    void nothingAcknowledgedIsLostByKills() {
        String topic = clients.topic("killed", 4, Map.of());
        var writers = List.of(new CrashWriter(0, clients, topic, 4), new CrashWriter(1, clients, topic, 4));
        try {
            for (int round = 0; round < 2; round++) {
                awaitMore(writers);
                broker.kill9();
                broker.restart();
            }
            awaitMore(writers);
        } finally {
            writers.forEach(CrashWriter::finish);
        }

        List<ConsumerRecord<String, String>> read = clients.readAll(topic);
        for (CrashWriter writer : writers) {
            assertThat(writer.failures()).isEmpty();
            writer.check(read);
        }
    }

    private static void awaitMore(List<CrashWriter> writers) {
        long wanted = writers.stream().mapToLong(CrashWriter::acknowledged).sum() + 1_000;
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() ->
                        writers.stream().mapToLong(CrashWriter::acknowledged).sum() >= wanted);
    }
}
