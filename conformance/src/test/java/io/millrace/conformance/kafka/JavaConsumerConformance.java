package io.millrace.conformance.kafka;

import static io.millrace.conformance.kafka.JavaClients.fresh;
import static io.millrace.conformance.kafka.JavaClients.get;
import static io.millrace.conformance.kafka.JavaClients.pollUntil;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.SharedBroker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The Java consumer 4.4.0 reading partitions it assigned itself.
@ExtendWith(SharedBroker.class)
final class JavaConsumerConformance {
    private final JavaClients clients;

    JavaConsumerConformance(BrokerUnderTest broker) {
        clients = new JavaClients(broker.bootstrap());
    }

    @Test
    void latestSeesOnlyWhatComesAfter() {
        String topic = clients.topic("latest", 1, Map.of());
        var partition = new TopicPartition(topic, 0);
        clients.send(topic, List.of("before"));

        try (var consumer = clients.consumer(Map.of("auto.offset.reset", "latest"))) {
            consumer.assign(List.of(partition));
            assertThat(consumer.position(partition)).isEqualTo(1);
            clients.send(topic, List.of("after"));

            var read = new ArrayList<String>();
            pollUntil(() -> !read.isEmpty(), record -> read.add(record.value()), List.of(consumer));

            assertThat(read).containsExactly("after");
        }
    }

    @Test
    void noneThrowsWithoutAPositionAndOutsideTheLog() {
        String topic = clients.topic("none", 1, Map.of());
        var partition = new TopicPartition(topic, 0);
        clients.send(topic, 3);

        try (var consumer = clients.consumer(Map.of("auto.offset.reset", "none", "group.id", fresh("none")))) {
            consumer.assign(List.of(partition));
            assertThatExceptionOfType(NoOffsetForPartitionException.class)
                    .isThrownBy(() -> consumer.poll(Duration.ofSeconds(10)));

            consumer.seek(partition, 99);
            assertThatExceptionOfType(OffsetOutOfRangeException.class)
                    .isThrownBy(() -> pollUntil(() -> false, record -> {}, List.of(consumer)));
        }
    }

    @Test
    void resetByDurationStartsAtThatAge() {
        String topic = clients.topic("by-duration", 1, Map.of());
        var partition = new TopicPartition(topic, 0);
        long now = Instant.now().toEpochMilli();
        try (var producer = clients.producer(Map.of())) {
            get(producer.send(new ProducerRecord<>(topic, 0, now - 7_200_000, null, "two hours old")));
            get(producer.send(new ProducerRecord<>(topic, 0, now, null, "new")));
        }

        try (var consumer = clients.consumer(Map.of("auto.offset.reset", "by_duration:PT1H"))) {
            consumer.assign(List.of(partition));
            assertThat(consumer.position(partition)).isEqualTo(1);
        }
    }

    @Test
    void offsetsAreFoundByTimestamp() {
        String topic = clients.topic("by-time", 2, Map.of());
        var filled = new TopicPartition(topic, 0);
        var empty = new TopicPartition(topic, 1);
        try (var producer = clients.producer(Map.of())) {
            for (int i = 0; i < 100; i++) {
                producer.send(new ProducerRecord<>(topic, 0, 1_700_000_000_000L + i * 1_000L, null, "" + i));
            }
        }

        try (var consumer = clients.consumer(Map.of())) {
            var found = consumer.offsetsForTimes(Map.of(filled, 1_700_000_041_500L, empty, 1_700_000_000_000L));
            OffsetAndTimestamp hit = found.get(filled);
            assertThat(hit).isNotNull();
            assertThat(hit.offset()).isEqualTo(42);
            assertThat(hit.timestamp()).isEqualTo(1_700_000_042_000L);
            assertThat(found.get(empty)).isNull();
            assertThat(consumer.offsetsForTimes(Map.of(filled, 1_800_000_000_000L))
                            .get(filled))
                    .isNull();
            assertThat(consumer.beginningOffsets(List.of(filled, empty))).containsValues(0L, 0L);
            assertThat(consumer.endOffsets(List.of(filled, empty))).isEqualTo(Map.of(filled, 100L, empty, 0L));

            consumer.assign(List.of(filled));
            consumer.seek(filled, hit.offset());
            assertThat(consumer.poll(Duration.ofSeconds(10)).iterator().next().value())
                    .isEqualTo("42");
        }
    }

    @Test
    void seekPauseAndResume() {
        String topic = clients.topic("seek", 2, Map.of());
        var zero = new TopicPartition(topic, 0);
        var one = new TopicPartition(topic, 1);
        try (var producer = clients.producer(Map.of())) {
            for (int i = 0; i < 20; i++) {
                producer.send(new ProducerRecord<>(topic, i % 2, null, "" + i));
            }
        }

        try (var consumer = clients.consumer(Map.of())) {
            consumer.assign(List.of(zero, one));
            consumer.pause(List.of(one));
            consumer.seek(zero, 7);
            var read = new ArrayList<String>();
            pollUntil(() -> read.size() >= 3, record -> read.add(record.value()), List.of(consumer));
            assertThat(read).containsExactly("14", "16", "18");

            read.clear();
            consumer.resume(List.of(one));
            pollUntil(() -> read.size() >= 10, record -> read.add(record.value()), List.of(consumer));
            assertThat(read).first().isEqualTo("1");
        }
    }

    @Test
    void theSmallestFetchSizesStillMakeProgress() {
        String topic = clients.topic("tiny-fetch", 3, Map.of());
        try (var producer = clients.producer(Map.of("batch.size", 1_000))) {
            for (int i = 0; i < 90; i++) {
                producer.send(new ProducerRecord<>(topic, i % 3, null, "x".repeat(300)));
            }
        }

        Map<String, Object> tiny = Map.of("fetch.max.bytes", 1, "max.partition.fetch.bytes", 1, "max.poll.records", 7);
        try (var consumer = clients.consumer(tiny)) {
            consumer.assign(IntStream.range(0, 3)
                    .mapToObj(p -> new TopicPartition(topic, p))
                    .toList());
            var read = new ArrayList<String>();
            pollUntil(() -> read.size() >= 90, record -> read.add(record.value()), List.of(consumer));
            assertThat(read).hasSize(90);
        }
    }

    @Test
    void aWaitingFetchIsWokenByAnAppend() {
        String topic = clients.topic("long-poll", 1, Map.of());
        var partition = new TopicPartition(topic, 0);

        try (var consumer = clients.consumer(Map.of("fetch.max.wait.ms", 60_000, "request.timeout.ms", 90_000));
                var producer = clients.producer(Map.of())) {
            consumer.assign(List.of(partition));
            assertThat(consumer.position(partition)).isZero();
            assertThat(consumer.poll(Duration.ofMillis(500)).isEmpty()).isTrue(); // the fetch is on its way
            long start = System.nanoTime();
            get(producer.send(new ProducerRecord<>(topic, 0, null, "wake up")));
            assertThat(consumer.poll(Duration.ofSeconds(30)).count()).isEqualTo(1);

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(50));
            consumer.close(CloseOptions.timeout(Duration.ZERO)); // do not wait for the next waiting fetch
        }
    }

    @Test
    void fetchMinBytesWaitsForMoreUntilTheTimeIsUp() {
        String topic = clients.topic("min-bytes", 1, Map.of());
        var partition = new TopicPartition(topic, 0);
        clients.send(topic, List.of("little"));

        try (var consumer = clients.consumer(Map.of("fetch.min.bytes", 100_000, "fetch.max.wait.ms", 1_500))) {
            consumer.assign(List.of(partition));
            assertThat(consumer.position(partition)).isZero();
            long start = System.nanoTime();
            assertThat(consumer.poll(Duration.ofSeconds(10)).count()).isEqualTo(1);

            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(1_200), Duration.ofSeconds(10));
        }
    }

    @Test
    void aFetchSessionFollowsManyPartitionsAndChangesOfTheSet() {
        int count = 100;
        String topic = clients.topic("session", count, Map.of());
        String other = clients.topic("session-other", 1, Map.of());
        List<TopicPartition> all = IntStream.range(0, count)
                .mapToObj(p -> new TopicPartition(topic, p))
                .toList();

        try (var consumer = clients.consumer(Map.of());
                var producer = clients.producer(Map.of())) {
            var read = new HashMap<TopicPartition, List<String>>();
            int expected = 0;
            consumer.assign(all);
            for (int round = 0; round < 3; round++) {
                for (int p = 0; p < count; p += 1 + round) {
                    producer.send(new ProducerRecord<>(topic, p, null, "round " + round));
                    expected++;
                }
                producer.flush();
                int wanted = expected;
                pollUntil(() -> total(read) >= wanted, record -> collect(read, record), List.of(consumer));
            }
            consumer.assign(List.of(new TopicPartition(other, 0), all.get(5)));
            clients.send(other, List.of("from the other topic"));
            pollUntil(() -> read.containsKey(new TopicPartition(other, 0)), r -> collect(read, r), List.of(consumer));
            producer.send(new ProducerRecord<>(topic, 5, null, "still here"));
            producer.flush();
            pollUntil(
                    () -> read.getOrDefault(all.get(5), List.of()).contains("still here"),
                    r -> collect(read, r),
                    List.of(consumer));

            assertThat(read.get(all.get(1))).containsExactly("round 0");
            assertThat(read.get(all.get(2))).containsExactly("round 0", "round 1");
            assertThat(read.get(all.get(3))).containsExactly("round 0", "round 2");
            assertThat(read.get(all.get(6))).containsExactly("round 0", "round 1", "round 2");
        }
    }

    private static int total(Map<TopicPartition, List<String>> read) {
        return read.values().stream().mapToInt(List::size).sum();
    }

    private static void collect(Map<TopicPartition, List<String>> read, ConsumerRecord<String, String> record) {
        read.computeIfAbsent(new TopicPartition(record.topic(), record.partition()), p -> new ArrayList<>())
                .add(record.value());
    }

    @ParameterizedTest
    @ValueSource(strings = {"read_uncommitted", "read_committed"})
    void bothIsolationLevelsReadPlainRecords(String isolation) {
        String topic = clients.topic("isolation", 1, Map.of());
        clients.send(topic, 10);

        try (var consumer = clients.consumer(Map.of("isolation.level", isolation))) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            var read = new ArrayList<String>();
            pollUntil(() -> read.size() >= 10, record -> read.add(record.value()), List.of(consumer));
            assertThat(read).hasSize(10);
        }
    }

    @Test
    void aReaderBelowTheNewStartIsResetToIt() {
        String topic = clients.topic("truncated", 1, Map.of());
        var partition = new TopicPartition(topic, 0);
        clients.send(topic, 10);

        try (var consumer = clients.consumer(Map.of());
                var admin = clients.admin()) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 2);
            get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(6)))
                    .all());
            var read = new ArrayList<Long>();
            pollUntil(() -> read.size() >= 4, record -> read.add(record.offset()), List.of(consumer));

            assertThat(read).containsExactly(6L, 7L, 8L, 9L);
        }
    }

    @Test
    void aReaderFollowsATopicThatWasDeletedAndRecreated() {
        String topic = clients.topic("reborn", 1, Map.of());
        clients.send(topic, 5);

        try (var consumer = clients.consumer(Map.of("metadata.max.age.ms", 500));
                var admin = clients.admin()) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            var read = new ArrayList<String>();
            pollUntil(() -> read.size() >= 5, record -> read.add(record.value()), List.of(consumer));
            get(admin.deleteTopics(List.of(topic)).all());
            clients.createTopic(topic, 1, Map.of());
            clients.send(topic, List.of("reborn"));
            pollUntil(() -> read.contains("reborn"), record -> read.add(record.value()), List.of(consumer));

            assertThat(read).last().isEqualTo("reborn");
        }
    }

    @Test
    void partitionsAddedLaterAreReadable() {
        String topic = clients.topic("grown", 1, Map.of());
        clients.send(topic, 1);

        try (var admin = clients.admin();
                var producer = clients.producer(Map.of())) {
            get(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(4)))
                    .all());
            get(producer.send(new ProducerRecord<>(topic, 3, null, "in the last one")));
        }

        assertThat(clients.readAll(topic)).extracting(ConsumerRecord::partition).containsExactlyInAnyOrder(0, 3);
    }

    @Test
    void topicsAndPartitionsAreListed() {
        String topic = clients.topic("listed", 3, Map.of());

        try (var consumer = clients.consumer(Map.of())) {
            assertThat(consumer.listTopics()).containsKey(topic).doesNotContainKey(fresh("absent"));
            assertThat(consumer.partitionsFor(topic))
                    .hasSize(3)
                    .allSatisfy(info -> assertThat(info.inSyncReplicas()).containsExactly(info.leader()));
        }
    }
}
