package io.millrace.conformance.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// What a program written for a client of the 2.x line does. It uses only what both that line and the present one have,
/// is compiled against the present one, and is loaded beside the old jar by [OldJavaClientConformance]; hence no
/// assertion library and no other class of these tests.
public final class OldJavaClient {
    private static final long WAIT_SECONDS = 20;

    private OldJavaClient() {}

    /// Runs a scenario: bootstrap address, name, version of the client that must be in use.
    public static void main(String[] arguments) throws Exception {
        String jar = KafkaProducer.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        same(jar.endsWith("kafka-clients-" + arguments[2] + ".jar"), true);
        String bootstrap = arguments[0];
        switch (arguments[1]) {
            case "produceAndConsume" -> produceAndConsume(bootstrap);
            case "group" -> group(bootstrap);
            case "admin" -> admin(bootstrap);
            default -> throw new IllegalArgumentException(arguments[1]);
        }
    }

    private static void same(Object actual, Object expected) {
        if (!expected.equals(actual)) {
            throw new AssertionError("expected " + expected + ", was " + actual);
        }
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    private static String topic(Admin admin, int partitions) throws Exception {
        String topic = "old-java-" + UUID.randomUUID();
        get(admin.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
                .all());
        return topic;
    }

    private static Admin connect(String bootstrap) {
        return Admin.create(Map.of("bootstrap.servers", bootstrap));
    }

    private static KafkaProducer<String, String> producer(String bootstrap, Map<String, Object> overrides) {
        var config = new HashMap<String, Object>(Map.of("bootstrap.servers", bootstrap));
        config.putAll(overrides);
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    private static KafkaConsumer<String, String> consumer(String bootstrap, String group) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                bootstrap,
                "group.id",
                group,
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                false,
                "heartbeat.interval.ms",
                200);
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    private static List<ConsumerRecord<String, String>> read(KafkaConsumer<String, String> consumer, int count) {
        var records = new ArrayList<ConsumerRecord<String, String>>();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (records.size() < count && System.nanoTime() < deadline) {
            consumer.poll(Duration.ofMillis(100)).forEach(records::add);
        }
        same(records.size(), count);
        return records;
    }

    private static void produceAndConsume(String bootstrap) throws Exception {
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            String topic;
            try (Admin admin = connect(bootstrap)) {
                topic = topic(admin, 1);
            }
            var sent = new ArrayList<Future<RecordMetadata>>();
            Map<String, Object> config = Map.of("compression.type", codec, "enable.idempotence", true, "linger.ms", 5);
            try (var producer = producer(bootstrap, config)) {
                for (int i = 0; i < 500; i++) {
                    var record = new ProducerRecord<>(topic, 0, 1_700_000_000_000L + i, "key", "value " + i);
                    record.headers().add("header", new byte[] {(byte) i});
                    sent.add(producer.send(record));
                }
                for (int i = 0; i < 500; i++) {
                    same(get(sent.get(i)).offset(), (long) i);
                }
            }
            try (var consumer = consumer(bootstrap, topic)) {
                consumer.subscribe(List.of(topic));
                List<ConsumerRecord<String, String>> records = read(consumer, 500);
                for (int i = 0; i < 500; i++) {
                    same(records.get(i).value(), "value " + i);
                    same(records.get(i).timestamp(), 1_700_000_000_000L + i);
                    same(records.get(i).headers().lastHeader("header").value()[0], (byte) i);
                }
            }
        }
    }

    private static void group(String bootstrap) throws Exception {
        String topic;
        try (Admin admin = connect(bootstrap)) {
            topic = topic(admin, 4);
        }
        try (var one = consumer(bootstrap, topic)) {
            one.subscribe(List.of(topic));
            try (var two = consumer(bootstrap, topic)) {
                two.subscribe(List.of(topic));
                awaitShares(List.of(one, two), 2);
            }
            awaitShares(List.of(one), 4);
            try (var producer = producer(bootstrap, Map.of())) {
                for (int i = 0; i < 40; i++) {
                    producer.send(new ProducerRecord<>(topic, i % 4, null, "" + i));
                }
            }
            read(one, 40);
            one.commitSync();
        }
        try (var again = consumer(bootstrap, topic)) {
            var partition = new TopicPartition(topic, 3);
            same(again.committed(Set.of(partition)).get(partition).offset(), 10L);
        }
    }

    private static void awaitShares(List<KafkaConsumer<String, String>> consumers, int share) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (consumers.stream().anyMatch(consumer -> consumer.assignment().size() != share)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the members never had " + share + " partitions each");
            }
            consumers.forEach(consumer -> consumer.poll(Duration.ofMillis(50)));
        }
    }

    private static void admin(String bootstrap) throws Exception {
        try (Admin admin = connect(bootstrap)) {
            String topic = topic(admin, 1);
            var partition = new TopicPartition(topic, 0);
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            same(get(admin.listTopics().names()).contains(topic), true);
            get(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3)))
                    .all());
            var change = new AlterConfigOp(new ConfigEntry("retention.ms", "1000"), AlterConfigOp.OpType.SET);
            get(admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all());
            awaitRetention(admin, resource);
            try (var producer = producer(bootstrap, Map.of())) {
                for (int i = 0; i < 10; i++) {
                    get(producer.send(new ProducerRecord<>(topic, 0, null, "" + i)));
                }
            }
            get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(4)))
                    .all());
            var earliest = admin.listOffsets(Map.of(partition, OffsetSpec.earliest()));
            same(get(earliest.partitionResult(partition)).offset(), 4L);
            same(get(admin.describeCluster().nodes()).size(), 1);
            get(admin.alterConsumerGroupOffsets(topic, Map.of(partition, new OffsetAndMetadata(5)))
                    .all());
            var committed = get(admin.listConsumerGroupOffsets(topic).partitionsToOffsetAndMetadata());
            same(new HashSet<>(committed.values()), Set.of(new OffsetAndMetadata(5)));
            same(
                    get(admin.describeConsumerGroups(List.of(topic)).all())
                            .get(topic)
                            .members()
                            .isEmpty(),
                    true);
            get(admin.deleteConsumerGroups(List.of(topic)).all());
            get(admin.deleteTopics(List.of(topic)).all());
        }
    }

    private static void awaitRetention(Admin admin, ConfigResource resource) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        String value = "";
        while (!value.equals("1000") && System.nanoTime() < deadline) {
            value = get(admin.describeConfigs(List.of(resource)).all())
                    .get(resource)
                    .get("retention.ms")
                    .value();
        }
        same(value, "1000");
    }
}
