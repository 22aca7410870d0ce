package io.millrace.conformance.kafka;

import io.millrace.conformance.Soon;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Makes unchanged Java clients for one broker, with the few habits all tests share.
///
/// @param bootstrap the broker's address
record JavaClients(String bootstrap) {
    private static final long WAIT_SECONDS = 60;

    /// A name nobody used before.
    static String fresh(String prefix) {
        return prefix + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    /// A producer with the client's defaults but for `overrides`, which gives up sooner.
    KafkaProducer<String, String> producer(Map<String, Object> overrides) {
        var config = new HashMap<String, Object>(Map.of("bootstrap.servers", bootstrap, "max.block.ms", 15_000));
        config.put("delivery.timeout.ms", 20_000);
        config.put("request.timeout.ms", 10_000);
        config.putAll(overrides);
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    /// A consumer with the client's defaults but for `overrides`, which starts at the beginning.
    KafkaConsumer<String, String> consumer(Map<String, Object> overrides) {
        var config = new HashMap<String, Object>(Map.of("bootstrap.servers", bootstrap));
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", false);
        config.putAll(overrides);
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    /// An admin client.
    Admin admin() {
        return Admin.create(
                Map.of("bootstrap.servers", bootstrap, "default.api.timeout.ms", 20_000, "request.timeout.ms", 15_000));
    }

    /// Creates a topic of a fresh name and returns the name.
    String topic(String prefix, int partitions, Map<String, String> configs) {
        String topic = fresh(prefix);
        createTopic(topic, partitions, configs);
        return topic;
    }

    /// Creates a topic.
    void createTopic(String topic, int partitions, Map<String, String> configs) {
        try (Admin admin = admin()) {
            var created = new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(configs);
            get(admin.createTopics(List.of(created)).all());
            awaitLogs(admin, topic, partitions);
        }
    }

    /// Kafka answers before the broker has opened the logs. An idempotent producer that comes in between may get its
    /// second batch in and its first one refused, and then retries for two minutes.
    private static void awaitLogs(Admin admin, String topic, int partitions) {
        Map<TopicPartition, OffsetSpec> latest = IntStream.range(0, partitions)
                .boxed()
                .collect(Collectors.toMap(p -> new TopicPartition(topic, p), p -> OffsetSpec.latest()));
        Soon.check(() -> get(admin.listOffsets(latest).all()));
    }

    /// Sends values `0` to `count - 1` with default settings and waits for their acknowledgements.
    List<RecordMetadata> send(String topic, int count) {
        return send(topic, IntStream.range(0, count).mapToObj(Integer::toString).toList());
    }

    /// Sends these values to partition 0 with default settings and waits for their acknowledgements.
    List<RecordMetadata> send(String topic, List<String> values) {
        try (var producer = producer(Map.of())) {
            var sent = new ArrayList<Future<RecordMetadata>>();
            for (String value : values) {
                sent.add(producer.send(new ProducerRecord<>(topic, 0, null, value)));
            }
            return sent.stream().map(JavaClients::get).toList();
        }
    }

    /// Every record of a topic, from its start to its present end.
    List<ConsumerRecord<String, String>> readAll(String topic) {
        try (var consumer = consumer(Map.of())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var records = new ArrayList<ConsumerRecord<String, String>>();
            pollUntil(
                    () -> partitions.stream().allMatch(p -> consumer.position(p) >= ends.getOrDefault(p, 0L)),
                    records::add,
                    List.of(consumer));
            return records;
        }
    }

    /// The values of a topic, from its start to its present end.
    List<String> readValues(String topic) {
        return readAll(topic).stream().map(ConsumerRecord::value).toList();
    }

    /// Polls the consumers in turn until the condition holds; fails when it does not in time.
    static void pollUntil(
            BooleanSupplier condition,
            Consumer<ConsumerRecord<String, String>> sink,
            List<KafkaConsumer<String, String>> consumers) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not so after " + WAIT_SECONDS + " s of polling");
            }
            for (KafkaConsumer<String, String> consumer : consumers) {
                consumer.poll(Duration.ofMillis(50)).forEach(sink);
            }
        }
    }

    /// The result of a future; its failure comes as the client's own exception.
    static <T> T get(Future<T> future) {
        try {
            return future.get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } catch (TimeoutException e) {
            throw new AssertionError("no answer after " + WAIT_SECONDS + " s", e);
        }
    }
}
