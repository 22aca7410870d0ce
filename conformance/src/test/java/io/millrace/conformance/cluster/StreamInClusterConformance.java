package io.millrace.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DeliverCallback;
import com.rabbitmq.client.MessageProperties;
import io.millrace.cli.cluster.local.NodeProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/// Streams and topics over AMQP on three nodes: any of them reads and writes what another one leads, and goes on when
/// that one is killed.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class StreamInClusterConformance {
    private static final String TOPIC = "orders";
    private static final String STREAM = "events";
    private static final String EXCHANGE = "to-orders";
    private static final long CONFIRM_MS = 20_000;

    private WithAmqp software;
    private final List<Connection> connections = new ArrayList<>();
    private ClusterUnderTest cluster;

    @BeforeAll
    void start() throws Exception {
        software = WithAmqp.of(ClusterUnderTest.software());
        cluster = ClusterUnderTest.start(software);
        cluster.create(new NewTopic(TOPIC, Map.of(0, List.of(1, 2, 3), 1, List.of(2, 3, 1), 2, List.of(3, 1, 2)))
                .configs(Map.of("min.insync.replicas", "2")));
        cluster.awaitInSync(TOPIC);
        Channel channel = channel(1);
        channel.queueDeclare(STREAM, true, false, false, Map.of("x-queue-type", "stream"));
        channel.exchangeDeclare(EXCHANGE, "topic", true);
        channel.queueBind(TOPIC, EXCHANGE, "#");
        for (int node : software.ports().keySet()) {
            ClusterUnderTest.await("everything is known to node " + node, () -> isKnownTo(node));
        }
        cluster.awaitInSync("queue." + STREAM);
    }

    private boolean isKnownTo(int node) throws Exception {
        Channel asking = channel(node);
        try {
            asking.queueDeclarePassive(STREAM);
            asking.exchangeDeclarePassive(EXCHANGE);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    @AfterAll
    void stop() throws IOException {
        connections.forEach(Connection::abort);
        if (cluster != null) {
            cluster.close();
        }
    }

    private Channel channel(int node) throws IOException, TimeoutException {
        var factory = new ConnectionFactory();
        factory.setAutomaticRecoveryEnabled(false);
        Connection connection = software.connect(factory, node);
        connections.add(connection);
        return connection.createChannel();
    }

    private Channel confirming(int node) throws IOException, TimeoutException {
        Channel channel = channel(node);
        channel.confirmSelect();
        return channel;
    }

    /// @return whether it was confirmed
    private static boolean publish(Channel channel, String exchange, String key, String body) throws Exception {
        channel.basicPublish(
                exchange, key, MessageProperties.MINIMAL_PERSISTENT_BASIC, body.getBytes(StandardCharsets.UTF_8));
        return channel.waitForConfirms(CONFIRM_MS);
    }

    /// What a consumer at that node gets from the start on, as it comes.
    private Queue<String> read(int node, String queue) throws Exception {
        Channel channel = channel(node);
        channel.basicQos(10);
        Queue<String> got = new ConcurrentLinkedQueue<>();
        DeliverCallback take = (_, delivery) -> {
            got.add(new String(delivery.getBody(), StandardCharsets.UTF_8));
            channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        };
        channel.basicConsume(queue, false, Map.of("x-stream-offset", "first"), take, _ -> got.add("cancelled"));
        return got;
    }

    @Test
    @Order(1)
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void anyNodeReadsAndWritesWhatOthersLead() throws Exception {
        List<Queue<String>> streams = new ArrayList<>();
        List<Queue<String>> topics = new ArrayList<>();
        for (int node = 1; node <= 3; node++) {
            streams.add(read(node, STREAM));
            topics.add(read(node, TOPIC));
        }
        List<String> sent = new ArrayList<>();
        for (int node = 1; node <= 3; node++) {
            Channel channel = confirming(node);
            for (int i = 0; i < 20; i++) {
                String body = node + "-" + i;
                assertThat(publish(channel, "", STREAM, body)).isTrue();
                assertThat(publish(channel, EXCHANGE, "key" + i, body)).isTrue();
                sent.add(body);
            }
        }

        for (int at = 0; at < 3; at++) {
            Queue<String> stream = streams.get(at);
            Queue<String> topic = topics.get(at);
            ClusterUnderTest.await("all is read at node " + (at + 1), () -> stream.size() + topic.size() == 120);
            assertThat(List.copyOf(stream)).isEqualTo(sent);
            assertThat(topic).containsExactlyInAnyOrderElementsOf(sent);
        }
        assertThat(channel(2).queueDeclarePassive(TOPIC).getMessageCount()).isEqualTo(60);
    }

    @Test
    @Order(2)
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void consumersGoOnWhenTheLeaderIsKilled() throws Exception {
        NodeProcess leader = cluster.leader("queue." + STREAM, 0);
        List<Integer> others = IntStream.rangeClosed(1, 3)
                .filter(id -> id != leader.id())
                .boxed()
                .toList();
        Queue<String> got = read(others.get(0), STREAM);
        Channel channel = confirming(others.get(1));
        assertThat(publish(channel, "", STREAM, "before")).isTrue();

        cluster.kill9(leader);

        List<String> confirmed = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            String body = "after-" + i;
            ClusterUnderTest.await("a new leader takes " + body, () -> publish(channel, "", STREAM, body));
            confirmed.add(body);
        }

        ClusterUnderTest.await("all that was confirmed is read", () -> got.containsAll(confirmed));
        assertThat(got).contains("before").doesNotContain("cancelled");
        assertThat(got.stream().filter(confirmed::contains).distinct()).containsExactlyElementsOf(confirmed);
    }
}
