package io.millrace.conformance.kafka;

import static io.millrace.conformance.kafka.JavaClients.fresh;
import static io.millrace.conformance.kafka.JavaClients.get;
import static io.millrace.conformance.kafka.JavaClients.pollUntil;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.SharedBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Classic consumer groups as the Java consumer 4.4.0 forms them.
@ExtendWith(SharedBroker.class)
final class JavaGroupConformance {
    private static final int PARTITIONS = 4;

    private final JavaClients clients;

    JavaGroupConformance(BrokerUnderTest broker) {
        clients = new JavaClients(broker.bootstrap());
    }

    private KafkaConsumer<String, String> member(String group, Map<String, Object> overrides) {
        var config = new HashMap<String, Object>(Map.of("group.id", group, "heartbeat.interval.ms", 200));
        config.put("metadata.max.age.ms", 500);
        config.putAll(overrides);
        return clients.consumer(config);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                RangeAssignor.class,
                RoundRobinAssignor.class,
                StickyAssignor.class,
                CooperativeStickyAssignor.class
            })
    void partitionsMoveWhenMembersJoinAndLeave(Class<?> assignor) {
        String topic = clients.topic("rebalance", PARTITIONS, Map.of());
        String group = fresh("group");
        Map<String, Object> config = Map.of("partition.assignment.strategy", assignor.getName());

        try (var first = member(group, config)) {
            first.subscribe(List.of(topic));
            pollUntil(() -> first.assignment().size() == PARTITIONS, r -> {}, List.of(first));

            try (var second = member(group, config)) {
                second.subscribe(List.of(topic));
                // One of the two may hear of the last generation a poll after the other
                pollUntil(
                        () -> sharedEqually(first, second) && haveOneGeneration(first, second),
                        r -> {},
                        List.of(first, second));
            }

            pollUntil(() -> first.assignment().size() == PARTITIONS, r -> {}, List.of(first));
        }
    }

    private static boolean haveOneGeneration(KafkaConsumer<?, ?> first, KafkaConsumer<?, ?> second) {
        return first.groupMetadata().generationId() == second.groupMetadata().generationId();
    }

    private static boolean sharedEqually(KafkaConsumer<?, ?> first, KafkaConsumer<?, ?> second) {
        Set<TopicPartition> all = new HashSet<>(first.assignment());
        all.addAll(second.assignment());
        return all.size() == PARTITIONS
                && first.assignment().size() == PARTITIONS / 2
                && second.assignment().size() == PARTITIONS / 2;
    }

    @Test
    void aCooperativeRebalanceRevokesOnlyWhatMoves() {
        String topic = clients.topic("cooperative", PARTITIONS, Map.of());
        String group = fresh("group");
        Map<String, Object> config = Map.of("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
        var revoked = new HashSet<TopicPartition>();

        try (var first = member(group, config);
                var second = member(group, config)) {
            first.subscribe(List.of(topic), new RevocationRecorder(revoked));
            pollUntil(() -> first.assignment().size() == PARTITIONS, r -> {}, List.of(first));
            second.subscribe(List.of(topic));
            pollUntil(() -> sharedEqually(first, second), r -> {}, List.of(first, second));

            assertThat(revoked).isEqualTo(second.assignment());
        }
    }

    /// Remembers what a member had to give up.
    private record RevocationRecorder(Set<TopicPartition> revoked) implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            revoked.addAll(partitions);
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}
    }

    @Test
    void everyRecordIsReadOnceWhileMembersComeAndGo() {
        String topic = clients.topic("coming-and-going", PARTITIONS, Map.of());
        String group = fresh("group");
        var read = new ArrayList<String>();

        try (var first = member(group, Map.of("enable.auto.commit", true));
                var producer = clients.producer(Map.of())) {
            first.subscribe(List.of(topic));
            sendTo(producer, topic, 0, 100);
            pollUntil(() -> read.size() >= 100, r -> read.add(r.value()), List.of(first));
            try (var second = member(group, Map.of("enable.auto.commit", true))) {
                second.subscribe(List.of(topic));
                pollUntil(() -> sharedEqually(first, second), r -> read.add(r.value()), List.of(first, second));
                sendTo(producer, topic, 100, 200);
                pollUntil(() -> read.size() >= 200, r -> read.add(r.value()), List.of(first, second));
            }
            sendTo(producer, topic, 200, 300);
            pollUntil(() -> read.size() >= 300, r -> read.add(r.value()), List.of(first));
        }

        assertThat(read)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 300).mapToObj(Integer::toString).toList());
    }

    private static void sendTo(Producer<String, String> producer, String topic, int from, int to) {
        for (int i = from; i < to; i++) {
            producer.send(new ProducerRecord<>(topic, i % PARTITIONS, null, Integer.toString(i)));
        }
        producer.flush();
    }

    @Test
    void commitsCarryMetadataAndAreWhereTheNextMemberStarts() {
        String topic = clients.topic("commits", 2, Map.of());
        String group = fresh("group");
        var zero = new TopicPartition(topic, 0);
        var one = new TopicPartition(topic, 1);
        clients.send(topic, 10);

        try (var consumer = member(group, Map.of())) {
            consumer.subscribe(List.of(topic));
            pollUntil(() -> consumer.assignment().size() == 2, r -> {}, List.of(consumer));
            consumer.commitSync(Map.of(zero, new OffsetAndMetadata(4, "a note")));
            var done = new CompletableFuture<Map<TopicPartition, OffsetAndMetadata>>();
            consumer.commitAsync(Map.of(one, new OffsetAndMetadata(0)), (offsets, error) -> {
                if (error == null) {
                    done.complete(offsets);
                } else {
                    done.completeExceptionally(error);
                }
            });
            pollUntil(done::isDone, r -> {}, List.of(consumer));
            assertThat(get(done)).containsOnlyKeys(one);
        }

        try (var consumer = member(group, Map.of())) {
            var committed = consumer.committed(Set.of(zero, one, new TopicPartition(topic, 7)));
            assertThat(committed.get(zero)).isEqualTo(new OffsetAndMetadata(4, "a note"));
            assertThat(committed.get(one)).isEqualTo(new OffsetAndMetadata(0));
            assertThat(committed.get(new TopicPartition(topic, 7))).isNull();

            consumer.subscribe(List.of(topic));
            var read = new ArrayList<Long>();
            pollUntil(() -> read.size() >= 6, record -> read.add(record.offset()), List.of(consumer));
            assertThat(read).containsExactly(4L, 5L, 6L, 7L, 8L, 9L);
        }
    }

    @Test
    void aGroupWithoutMembersStillKeepsOffsets() {
        String topic = clients.topic("simple", 1, Map.of());
        var partition = new TopicPartition(topic, 0);
        String group = fresh("simple-group");

        try (var consumer = clients.consumer(Map.of("group.id", group))) {
            consumer.assign(List.of(partition));
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(123)));
            assertThat(consumer.committed(Set.of(partition))).containsEntry(partition, new OffsetAndMetadata(123));
        }
    }

    @Test
    void aStaticMemberComesBackToItsPartitionsWithoutARebalance() {
        String topic = clients.topic("static", PARTITIONS, Map.of());
        String group = fresh("group");
        Map<String, Object> b = Map.of("group.instance.id", "b", "session.timeout.ms", 30_000);

        try (var first = member(group, Map.of("group.instance.id", "a", "session.timeout.ms", 30_000))) {
            first.subscribe(List.of(topic));
            Set<TopicPartition> before;
            int generation;
            try (var second = member(group, b)) {
                second.subscribe(List.of(topic));
                pollUntil(() -> sharedEqually(first, second), r -> {}, List.of(first, second));
                before = Set.copyOf(second.assignment());
                generation = second.groupMetadata().generationId();
            }
            try (var again = member(group, b)) {
                again.subscribe(List.of(topic));
                pollUntil(() -> !again.assignment().isEmpty(), r -> {}, List.of(first, again));

                assertThat(again.assignment()).isEqualTo(before);
                assertThat(again.groupMetadata().generationId()).isEqualTo(generation);
            }
        }
    }

    @Test
    void theOlderOfTwoEqualStaticMembersIsFenced() {
        String topic = clients.topic("fenced", 1, Map.of());
        String group = fresh("group");

        try (var older = member(group, Map.of("group.instance.id", "same"));
                var newer = member(group, Map.of("group.instance.id", "same"))) {
            older.subscribe(List.of(topic));
            pollUntil(() -> !older.assignment().isEmpty(), r -> {}, List.of(older));
            newer.subscribe(List.of(topic));
            pollUntil(() -> !newer.assignment().isEmpty(), r -> {}, List.of(newer));

            assertThatExceptionOfType(FencedInstanceIdException.class)
                    .isThrownBy(() -> pollUntil(() -> false, r -> {}, List.of(older)));
        }
    }

    @Test
    void aStaticMemberThatStaysAwayLosesItsPartitionsAfterTheSessionTimeout() {
        String topic = clients.topic("session-timeout", PARTITIONS, Map.of());
        String group = fresh("group");
        Map<String, Object> away = Map.of("group.instance.id", "away", "session.timeout.ms", 6_000);

        try (var stays = member(group, Map.of("session.timeout.ms", 6_000))) {
            stays.subscribe(List.of(topic));
            try (var leaves = member(group, away)) {
                leaves.subscribe(List.of(topic));
                pollUntil(() -> sharedEqually(stays, leaves), r -> {}, List.of(stays, leaves));
            }
            pollUntil(() -> stays.assignment().size() == PARTITIONS, r -> {}, List.of(stays));
        }
    }

    @Test
    void aMemberThatDoesNotPollIsPutOutAndCannotCommit() {
        String topic = clients.topic("slow", PARTITIONS, Map.of());
        String group = fresh("group");
        clients.send(topic, 10);
        Map<String, Object> impatient = Map.of("max.poll.interval.ms", 1_000, "max.poll.records", 1);

        try (var slow = member(group, impatient);
                var other = member(group, Map.of())) {
            slow.subscribe(List.of(topic));
            pollUntil(() -> slow.assignment().size() == PARTITIONS, r -> {}, List.of(slow));
            other.subscribe(List.of(topic));
            pollUntil(() -> other.assignment().size() == PARTITIONS, r -> {}, List.of(other));

            assertThatExceptionOfType(CommitFailedException.class)
                    .isThrownBy(() -> slow.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(1))));
        }
    }

    @Test
    void aPatternFindsTopicsThatAppearLater() {
        String prefix = fresh("pattern");
        clients.createTopic(prefix + "-one", 1, Map.of());
        String group = fresh("group");

        try (var consumer = member(group, Map.of())) {
            consumer.subscribe(Pattern.compile(prefix + "-.*"));
            pollUntil(() -> consumer.assignment().size() == 1, r -> {}, List.of(consumer));
            clients.createTopic(prefix + "-two", 2, Map.of());
            clients.send(prefix + "-two", List.of("found"));
            var read = new ArrayList<String>();
            pollUntil(() -> !read.isEmpty(), record -> read.add(record.topic()), List.of(consumer));

            assertThat(read).containsExactly(prefix + "-two");
            assertThat(consumer.assignment()).hasSize(3);
        }
    }

    @Test
    void newPartitionsOfASubscribedTopicAreAssigned() {
        String topic = clients.topic("growing", 1, Map.of());
        String group = fresh("group");

        try (var consumer = member(group, Map.of());
                var admin = clients.admin()) {
            consumer.subscribe(List.of(topic));
            pollUntil(() -> consumer.assignment().size() == 1, r -> {}, List.of(consumer));
            get(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3)))
                    .all());
            pollUntil(() -> consumer.assignment().size() == 3, r -> {}, List.of(consumer));
        }
    }

    @Test
    void aSubscriptionToAMissingTopicWaitsForIt() {
        String topic = fresh("not-yet");

        try (var consumer = member(fresh("group"), Map.of("allow.auto.create.topics", false))) {
            consumer.subscribe(List.of(topic));
            assertThat(consumer.poll(Duration.ofSeconds(1)).isEmpty()).isTrue();
            clients.createTopic(topic, 1, Map.of());
            clients.send(topic, List.of("there"));
            var read = new ArrayList<ConsumerRecord<String, String>>();
            pollUntil(() -> !read.isEmpty(), read::add, List.of(consumer));

            assertThat(read).extracting(ConsumerRecord::value).containsExactly("there");
        }
    }

    @Test
    void twoGroupsReadTheSameRecords() {
        String topic = clients.topic("two-groups", 1, Map.of());
        clients.send(topic, 20);

        for (String group : List.of(fresh("one"), fresh("two"))) {
            try (var consumer = member(group, Map.of())) {
                consumer.subscribe(List.of(topic));
                var read = new ArrayList<String>();
                pollUntil(() -> read.size() >= 20, record -> read.add(record.value()), List.of(consumer));
                assertThat(read).hasSize(20);
            }
        }
    }
}
