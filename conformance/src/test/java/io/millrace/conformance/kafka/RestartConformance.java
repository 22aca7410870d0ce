package io.millrace.conformance.kafka;

import static io.millrace.conformance.kafka.JavaClients.fresh;
import static io.millrace.conformance.kafka.JavaClients.get;
import static io.millrace.conformance.kafka.JavaClients.pollUntil;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.Soon;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What clients find after the broker was stopped or killed and started again.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RestartConformance {
    private BrokerUnderTest broker;
    private JavaClients clients;

    /// The two ways a process ends.
    enum End {
        STOPPED {
            @Override
            void end(BrokerUnderTest broker) {
                assertThat(broker.stop()).isIn(0, 143); // 143: ended by the signal, after its shutdown hooks
            }
        },
        KILLED {
            @Override
            void end(BrokerUnderTest broker) {
                broker.kill9();
            }
        };

        abstract void end(BrokerUnderTest broker);
    }

    @BeforeAll
    void start() {
        broker = BrokerUnderTest.start();
        clients = new JavaClients(broker.bootstrap());
    }

    @AfterAll
    void close() {
        if (broker != null) {
            broker.close();
        }
    }

    private void restart(End end) {
        end.end(broker);
        broker.restart();
    }

    private TopicDescription describe(Admin admin, String topic) {
        return get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic);
    }

    @ParameterizedTest
    @EnumSource
    void topicsRecordsAndSettingsAreStillThere(End end) {
        String topic = clients.topic("kept", 3, Map.of("retention.ms", "7777777"));
        String deleted = clients.topic("deleted", 1, Map.of());
        var zero = new TopicPartition(topic, 0);
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        clients.send(topic, 20);
        TopicDescription before;
        String cluster;
        try (Admin admin = clients.admin()) {
            get(admin.deleteRecords(Map.of(zero, RecordsToDelete.beforeOffset(5)))
                    .all());
            get(admin.deleteTopics(List.of(deleted)).all());
            var segment = new AlterConfigOp(new ConfigEntry("segment.ms", "60000"), AlterConfigOp.OpType.SET);
            get(admin.incrementalAlterConfigs(Map.of(resource, List.of(segment)))
                    .all());
            before = describe(admin, topic);
            cluster = get(admin.describeCluster().clusterId());
        }

        restart(end);

        try (Admin admin = clients.admin()) {
            TopicDescription after = describe(admin, topic);
            assertThat(after.topicId()).isEqualTo(before.topicId());
            assertThat(after.partitions()).hasSize(3);
            assertThat(get(admin.describeCluster().clusterId())).isEqualTo(cluster);
            var config = get(admin.describeConfigs(List.of(resource)).all()).get(resource);
            assertThat(config.get("retention.ms").value()).isEqualTo("7777777");
            assertThat(config.get("segment.ms").value()).isEqualTo("60000");
            Soon.check(() -> assertThat(get(admin.listTopics().names())).doesNotContain(deleted));
        }
        List<String> expected =
                IntStream.range(5, 20).mapToObj(Integer::toString).toList();
        if (end == End.KILLED) {
            // the start of the log is not acknowledged on disk by Kafka; every record itself is
            assertThat(clients.readValues(topic)).endsWith(expected.toArray(String[]::new));
        } else {
            assertThat(clients.readValues(topic)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource
    void committedOffsetsAreStillThere(End end) {
        String topic = clients.topic("committed", 2, Map.of());
        String group = fresh("committed");
        var zero = new TopicPartition(topic, 0);
        try (KafkaConsumer<String, String> consumer = clients.consumer(Map.of("group.id", group))) {
            consumer.subscribe(List.of(topic));
            pollUntil(() -> consumer.assignment().size() == 2, r -> {}, List.of(consumer));
            consumer.commitSync(Map.of(zero, new OffsetAndMetadata(17, "before")));
        }

        restart(end);

        try (KafkaConsumer<String, String> consumer = clients.consumer(Map.of("group.id", group));
                Admin admin = clients.admin()) {
            assertThat(consumer.committed(Set.of(zero))).containsEntry(zero, new OffsetAndMetadata(17, "before"));
            assertThat(get(admin.listGroups().all()))
                    .anyMatch(listing -> listing.groupId().equals(group));
        }
    }

    @ParameterizedTest
    @EnumSource
    void liveClientsGoOn(End end) {
        String topic = clients.topic("live", 1, Map.of());
        var read = new ArrayList<String>();

        try (var producer = clients.producer(Map.of("reconnect.backoff.max.ms", 100, "delivery.timeout.ms", 60_000));
                var consumer = clients.consumer(Map.of("group.id", fresh("live"), "reconnect.backoff.max.ms", 100))) {
            consumer.subscribe(List.of(topic));
            get(producer.send(new ProducerRecord<>(topic, 0, null, "before")));
            pollUntil(() -> read.size() == 1, record -> read.add(record.value()), List.of(consumer));
            consumer.commitSync();
            restart(end);
            get(producer.send(new ProducerRecord<>(topic, 0, null, "after")));
            pollUntil(() -> read.size() == 2, record -> read.add(record.value()), List.of(consumer));
            consumer.commitSync();
        }

        assertThat(read).containsExactly("before", "after");
        assertThat(clients.readAll(topic)).extracting(ConsumerRecord::offset).containsExactly(0L, 1L);
    }

    @Test
    void aSecondProcessOnTheSameFolderIsRefused() {
        String topic = clients.topic("locked", 1, Map.of());

        assertThat(broker.exitCodeOfASecondProcess()).isNotZero();

        if (broker.kind() == BrokerKind.MILLRACE) { // Kafka's first process does not survive the visit
            assertThat(clients.send(topic, 1)).hasSize(1);
        }
    }
}
