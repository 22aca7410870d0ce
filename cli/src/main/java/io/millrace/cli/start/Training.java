package io.millrace.cli.start;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// What the build's training run does with a fresh node: one topic, some records there and back. The JVM's AOT cache
/// then holds the classes that the first seconds of a real node, and of the client commands, need.
final class Training {
    private static final String TOPIC = "training";
    private static final int RECORDS = 2_000;

    private Training() {}

    static void use(InetSocketAddress kafka) throws InterruptedException {
        Map<String, Object> bootstrap = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka.getAddress().getHostAddress() + ":" + kafka.getPort());
        try (Admin admin = Admin.create(bootstrap)) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
            admin.describeTopics(List.of(TOPIC)).allTopicNames().get();
            admin.listTopics().names().get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException("training failed", failed);
        }
        produce(bootstrap);
        consume(bootstrap);
    }

    private static void produce(Map<String, Object> bootstrap) {
        var settings = new HashMap<>(bootstrap);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>(TOPIC, "key", "value " + i));
            }
        }
    }

    private static void consume(Map<String, Object> bootstrap) {
        var settings = new HashMap<>(bootstrap);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        var partition = new TopicPartition(TOPIC, 0);
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            for (int tries = 0; tries < 100 && consumer.position(partition) < RECORDS; tries++) {
                consumer.poll(Duration.ofMillis(100));
            }
        }
    }
}
