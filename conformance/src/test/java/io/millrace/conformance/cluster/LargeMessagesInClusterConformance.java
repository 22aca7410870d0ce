package io.millrace.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.MessageProperties;
import io.millrace.cli.cluster.local.NodeProcess;
import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.Skip;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Messages that are large for the memory of a node, from two nodes at once to queues of the third, and back.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LargeMessagesInClusterConformance {
    private static final int BYTES = 60_000_000;
    private static final int LEADER = 3;
    private static final int QUEUES = 4;
    private static final int LIMIT_SECONDS = 120;

    /// More than four messages, and less than five: what other nodes send must not come all at once.
    private static final String HEAP = "-Xmx288m";

    private WithAmqp software;
    private ClusterUnderTest cluster;

    @BeforeAll
    void start() throws IOException, InterruptedException {
        if (BrokerKind.underTest() == BrokerKind.KAFKA) {
            throw Skip.because("Kafka speaks no AMQP");
        }
        software = WithAmqp.of(ClusterUnderTest.software());
        cluster = ClusterUnderTest.startWith(software, List.of(HEAP));
    }

    @AfterAll
    void stop() throws IOException {
        if (cluster != null) {
            cluster.close();
        }
    }

    private Connection connect(int node) throws IOException, TimeoutException {
        var factory = new ConnectionFactory();
        factory.setAutomaticRecoveryEnabled(false);
        factory.setMaxInboundMessageBodySize(BYTES + 1);
        return software.connect(factory, node);
    }

    /// One copy is enough here.
    private String queue(Channel channel) throws IOException {
        while (true) {
            String queue = "large" + UUID.randomUUID();
            channel.queueDeclare(
                    queue,
                    true,
                    false,
                    false,
                    Map.of(
                            "x-queue-type",
                            "quorum",
                            "x-quorum-initial-group-size",
                            1,
                            "x-queue-leader-locator",
                            "random"));
            if (cluster.leader("queue." + queue, 0).id() == LEADER) {
                return queue;
            }
            channel.queueDelete(queue);
        }
    }

    @Test
    void messagesLargeForANodeGoThereAndBackOneAfterTheOther() throws Exception {
        byte[] body = new byte[BYTES];
        body[BYTES - 1] = 42;
        List<Connection> connections = new ArrayList<>();
        List<String> queues = new ArrayList<>();
        try {
            List<CompletableFuture<Void>> published = new ArrayList<>();
            for (int at = 0; at < QUEUES; at++) {
                Connection connection = connect(1 + at % 2);
                connections.add(connection);
                Channel channel = connection.createChannel();
                String queue = queue(channel);
                queues.add(queue);
                published.add(CompletableFuture.runAsync(() -> publish(channel, queue, body)));
            }
            for (CompletableFuture<Void> each : published) {
                each.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            }

            BlockingQueue<Integer> received = new LinkedBlockingQueue<>();
            for (int at = 0; at < QUEUES; at++) {
                Channel channel = connections.get(at).createChannel();
                channel.basicConsume(queues.get(at), true, new DefaultConsumer(channel) {
                    @Override
                    public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties it, byte[] got) {
                        received.add(got.length == BYTES ? (int) got[BYTES - 1] : -1);
                    }
                });
            }
            for (int at = 0; at < QUEUES; at++) {
                assertThat(received.poll(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(42);
            }
        } finally {
            connections.forEach(Connection::abort);
        }
        assertThat(cluster.nodes().all()).allMatch(NodeProcess::isAlive);
    }

    private static void publish(Channel channel, String queue, byte[] body) {
        try {
            channel.confirmSelect();
            channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, body);
            channel.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
        } catch (IOException | InterruptedException | TimeoutException e) {
            throw new AssertionError("publishing to " + queue, e);
        }
    }
}
