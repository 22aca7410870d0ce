package io.millrace.conformance.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.Ports;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What Kafka's and RabbitMQ's Java clients see of each other on the same topics and streams.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TopicCrossingConformance {
    private static final String OFFSET = "x-stream-offset";
    private static final String PARTITION = "x-stream-partition";

    private BrokerUnderTest broker;
    private AmqpAddress address;
    private AmqpClients clients;

    @BeforeAll
    void start() {
        address = AmqpAddress.guestAt(Ports.free());
        broker = BrokerUnderTest.prepareMillrace("listeners.amqp=127.0.0.1:" + address.port());
        broker.restart();
        RawAmqp.awaitAnswer(address.port());
    }

    @AfterAll
    void stop() {
        broker.close();
    }

    @BeforeEach
    void connect() {
        clients = new AmqpClients(address);
    }

    @AfterEach
    void disconnect() throws Exception {
        clients.close();
    }

    private String topic(int partitions, Map<String, String> settings) throws Exception {
        String topic = AmqpClients.fresh("topic");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            var created = new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(settings);
            admin.createTopics(List.of(created)).all().get(20, TimeUnit.SECONDS);
        }
        return topic;
    }

    private void produce(List<ProducerRecord<String, String>> records) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrap(), "compression.type", "gzip");
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            for (ProducerRecord<String, String> record : records) {
                producer.send(record).get(20, TimeUnit.SECONDS);
            }
        }
    }

    private List<ConsumerRecord<String, String>> consume(String topic, int count) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                broker.bootstrap(),
                "auto.offset.reset",
                "earliest",
                "group.id",
                AmqpClients.fresh("group"));
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            AmqpClients.await(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
                return records.size() >= count;
            });
        }
        return records;
    }

    private Inbox reading(String queue, Object offset) throws Exception {
        Channel channel = clients.channel();
        channel.basicQos(100);
        return Inbox.of(channel, queue, false, Map.of(OFFSET, offset));
    }

    private static String header(ConsumerRecord<String, String> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Test
    void anAmqpConsumerReadsWhatKafkaProduced() throws Exception {
        String topic = topic(1, Map.of());
        ProducerRecord<String, String> record = new ProducerRecord<>(topic, 0, 7_000L, "key", "value");
        record.headers().add("h", AmqpClients.bytes("text")).add("b", new byte[] {-1});
        record.headers().add("content-type", AmqpClients.bytes("text/plain"));
        produce(List.of(record));

        Delivery got = reading(topic, "first").next();

        AMQP.BasicProperties properties = got.getProperties();
        assertThat(AmqpClients.text(got.getBody())).isEqualTo("value");
        assertThat(got.getEnvelope().getRoutingKey()).isEqualTo("key");
        assertThat(got.getEnvelope().getExchange()).isEmpty();
        assertThat(properties.getContentType()).isEqualTo("text/plain");
        assertThat(properties.getDeliveryMode()).isEqualTo(2);
        assertThat(properties.getTimestamp().toInstant()).isEqualTo(Instant.ofEpochSecond(7));
        Map<String, Object> headers = Plain.of(properties.getHeaders());
        assertThat(headers).containsEntry("h", "text").containsEntry(OFFSET, 0L).containsEntry(PARTITION, 0L);
        assertThat((byte[]) properties.getHeaders().get("b")).containsExactly(-1);
    }

    @Test
    void partitionsAreMergedAndEachKeepsItsOrder() throws Exception {
        String topic = topic(3, Map.of());
        List<ProducerRecord<String, String>> records = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            records.add(new ProducerRecord<>(topic, i % 3, null, "v" + i / 3));
        }
        produce(records);
        Channel channel = clients.channel();
        channel.basicQos(1_000);
        Inbox inbox = Inbox.of(channel, topic, false, Map.of(OFFSET, 50));

        long[] next = {50, 50, 50};
        for (int i = 0; i < 150; i++) {
            Delivery delivery = inbox.next();
            Map<String, Object> headers = delivery.getProperties().getHeaders();
            int partition = ((Long) headers.get(PARTITION)).intValue();
            assertThat(headers).containsEntry(OFFSET, next[partition]);
            assertThat(AmqpClients.text(delivery.getBody())).isEqualTo("v" + next[partition]);
            next[partition]++;
        }
        assertThat(next).containsExactly(100, 100, 100);
    }

    @Test
    void aTopicIsBoundToAnExchange() throws Exception {
        String topic = topic(4, Map.of());
        String exchange = clients.exchange("topic", Map.of());
        clients.helper().queueBind(topic, exchange, "order.#");
        AMQP.BasicProperties sent = AmqpClients.PERSISTENT
                .builder()
                .contentType("text/plain")
                .headers(Map.of("n", 7L))
                .build();

        for (int i = 0; i < 20; i++) {
            clients.publish(exchange, "order." + i, sent, "m" + i);
        }
        clients.publish(exchange, "other", sent, "nowhere");

        List<ConsumerRecord<String, String>> records = consume(topic, 20);
        assertThat(records).hasSize(20);
        for (ConsumerRecord<String, String> record : records) {
            assertThat(record.value()).isEqualTo(record.key().replace("order.", "m"));
            assertThat(record.partition()).isEqualTo(partitionOf(record.key(), 4));
            assertThat(header(record, "n")).isEqualTo("7");
            assertThat(header(record, "content-type")).isEqualTo("text/plain");
        }
        assertThat(records.stream().map(ConsumerRecord::partition).distinct()).hasSizeGreaterThan(1);
    }

    @Test
    void deadLettersReachATopicByItsNameAndByABinding() throws Exception {
        String topic = topic(2, Map.of());
        String exchange = clients.exchange("fanout", Map.of());
        clients.helper().queueBind(topic, exchange, "");
        String byName = clients.queue(
                true, Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", topic, "x-message-ttl", 0));
        String byBinding = clients.queue(true, Map.of("x-dead-letter-exchange", exchange, "x-message-ttl", 0));

        clients.publish("", byName, AmqpClients.PERSISTENT, "by name");
        clients.publish("", byBinding, AmqpClients.PERSISTENT, "by binding");

        List<ConsumerRecord<String, String>> records = consume(topic, 2);
        assertThat(records).extracting(ConsumerRecord::value).containsExactlyInAnyOrder("by name", "by binding");
        for (ConsumerRecord<String, String> record : records) {
            String from = record.value().equals("by name") ? byName : byBinding;
            assertThat(record.key()).isEqualTo(record.value().equals("by name") ? topic : byBinding);
            assertThat(header(record, "x-first-death-queue")).isEqualTo(from);
            assertThat(header(record, "x-first-death-reason")).isEqualTo("expired");
        }
        Delivery asAmqp = reading(topic, "first").next();
        assertThat(asAmqp.getProperties().getHeaders()).containsKey("x-death");
    }

    @Test
    void lettersThatTheTopicCanNeverTakeHoldUpNoOthers() throws Exception {
        String topic = topic(1, Map.of("max.message.bytes", "2000"));
        String queue = clients.queue(
                true, Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", topic, "x-message-ttl", 0));
        Channel channel = clients.helper();
        byte[] large = new byte[10_000];
        for (int letter = 0; letter < 300; letter++) {
            channel.basicPublish("", queue, AmqpClients.PERSISTENT, large);
        }

        clients.publish("", queue, AmqpClients.PERSISTENT, "small");

        assertThat(consume(topic, 1)).extracting(ConsumerRecord::value).containsExactly("small");
    }

    @Test
    void whatWasDelayedReachesATopic() throws Exception {
        String topic = topic(1, Map.of());
        String exchange = AmqpClients.fresh("later");
        clients.helper().exchangeDeclare(exchange, "x-delayed-message", true, false, Map.of("x-delayed-type", "topic"));
        clients.helper().queueBind(topic, exchange, "k.#");
        AMQP.BasicProperties delayed = AmqpClients.PERSISTENT
                .builder()
                .headers(Map.of("x-delay", 300L))
                .build();

        clients.publish(exchange, "k.a", delayed, "later");

        ConsumerRecord<String, String> record = consume(topic, 1).getFirst();
        assertThat(record.value()).isEqualTo("later");
        assertThat(record.key()).isEqualTo("k.a");
        assertThat(header(record, "x-delay")).isEqualTo("-300");
    }

    private static int partitionOf(String key, int partitions) {
        return org.apache.kafka.clients.producer.internals.BuiltInPartitioner.partitionForKey(
                AmqpClients.bytes(key), partitions);
    }

    @Test
    void whatAmqpPublishedToATopicComesBackToAmqpAsItWas() throws Exception {
        String topic = topic(1, Map.of());
        AMQP.BasicProperties sent = AmqpClients.PERSISTENT
                .builder()
                .appId("app")
                .priority(3)
                .headers(Map.of("table", Map.of("deep", 1L)))
                .build();
        clients.publish("", topic, sent, "m");

        Delivery got = reading(topic, "first").next();

        assertThat(got.getProperties().getAppId()).isEqualTo("app");
        assertThat(got.getProperties().getPriority()).isEqualTo(3);
        assertThat(Plain.of(got.getProperties().getHeaders())).containsEntry("table", Map.of("deep", 1L));
        assertThat(got.getEnvelope().getRoutingKey()).isEqualTo(topic);
    }

    @Test
    void aKafkaProducerWritesToAStreamAndItsConsumersAreThere() throws Exception {
        String stream = clients.queue(true, Map.of("x-queue-type", "stream"));
        Inbox inbox = reading(stream, "next");
        produce(List.of(new ProducerRecord<>("queue." + stream.replace("_", "__"), "k", "from Kafka")));
        clients.publish("", stream, AmqpClients.PERSISTENT, "from AMQP");

        assertThat(inbox.next(2)).containsExactly("from Kafka", "from AMQP");
    }

    @Test
    void aTopicThatRefusesNacks() throws Exception {
        String topic = topic(1, Map.of("max.message.bytes", "2000"));
        Channel channel = clients.confirming();

        channel.basicPublish("", topic, AmqpClients.PERSISTENT, new byte[10_000]);

        assertThat(channel.waitForConfirms(AmqpClients.LIMIT.toMillis())).isFalse();
    }

    @Test
    void aDeletedTopicEndsItsConsumersAndBindings() throws Exception {
        String topic = topic(1, Map.of());
        String exchange = clients.exchange("fanout", Map.of());
        clients.helper().queueBind(topic, exchange, "");
        Inbox inbox = reading(topic, "next");

        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.deleteTopics(List.of(topic)).all().get(20, TimeUnit.SECONDS);
        }

        assertThat(inbox.cancelled()).isNotEmpty();
        clients.publish(exchange, "", AmqpClients.PERSISTENT, "goes nowhere and is confirmed");
    }

    @Test
    void streamsSurviveAKill() throws Exception {
        String stream = clients.queue(true, Map.of("x-queue-type", "stream"));
        for (String body : List.of("a", "b", "c")) {
            clients.publish("", stream, AmqpClients.PERSISTENT, body);
        }

        broker.kill9();
        broker.restart();
        RawAmqp.awaitAnswer(address.port());

        assertThat(reading(stream, "first").next(3)).containsExactly("a", "b", "c");
    }
}
