package io.millrace.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.MessageProperties;
import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.Skip;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A disk of one node has little room, and publishers of another one hear of it.
final class AlarmsInClusterConformance {
    private static final int SHORT_OF_ROOM = 2;
    private static final int CLIENTS_AT = 1;

    /// An eighth more than what is kept back (storage.reserve-bytes): records are still taken, and publishers have to
    /// wait.
    private static final long LITTLE_ROOM = 36 << 20;

    private static final int CONFIRM_MS_MAX = 60_000;
    private static final int CLOSE_MS_MAX = 1_000;

    private final List<Connection> connections = new ArrayList<>();
    private final AtomicReference<String> blocked = new AtomicReference<>("");
    private final Set<Integer> confirmed = ConcurrentHashMap.newKeySet();
    private final Set<Integer> seen = ConcurrentHashMap.newKeySet();

    private Connection connect(WithAmqp software, int node) throws IOException, TimeoutException {
        var factory = new ConnectionFactory();
        factory.setAutomaticRecoveryEnabled(false);
        Connection connection = software.connect(factory, node);
        connections.add(connection);
        return connection;
    }

    /// Who is blocked is not heard, as with RabbitMQ.
    private void disconnect() {
        connections.forEach(connection -> connection.abort(CLOSE_MS_MAX));
    }

    /// Publishes one after the other until its connection ends.
    private void publish(Channel channel, String queue) throws IOException {
        channel.confirmSelect();
        Thread.ofVirtual().start(() -> {
            try {
                for (int number = 0; channel.isOpen(); number++) {
                    publishOne(channel, queue, number);
                }
            } catch (IOException | InterruptedException | TimeoutException | RuntimeException end) {
                // the test is over, or misses what was to be confirmed
            }
        });
    }

    private void publishOne(Channel channel, String queue, int number)
            throws IOException, InterruptedException, TimeoutException {
        byte[] body = QueuesInClusterConformance.bytes("" + number);
        channel.basicPublish("", queue, MessageProperties.MINIMAL_PERSISTENT_BASIC, body);
        if (channel.waitForConfirms(CONFIRM_MS_MAX)) {
            confirmed.add(number);
        }
    }

    private void consume(Channel channel, String queue) throws IOException {
        channel.basicQos(50);
        channel.basicConsume(queue, false, new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                    throws IOException {
                seen.add(Integer.parseInt(QueuesInClusterConformance.text(body)));
                channel.basicAck(envelope.getDeliveryTag(), false);
            }
        });
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void publishersOfAllNodesWaitForTheOneAndConsumersDoNot() throws Exception {
        if (BrokerKind.underTest() == BrokerKind.KAFKA) {
            throw Skip.because("Kafka speaks no AMQP");
        }
        Machines machines = Machines.under(ClusterUnderTest.software(), 1);
        WithAmqp software = WithAmqp.of(machines);
        try (var cluster = ClusterUnderTest.start(software);
                AutoCloseable _ = this::disconnect) {
            Connection there = connect(software, SHORT_OF_ROOM);
            Connection publishing = connect(software, CLIENTS_AT);
            Connection late = connect(software, CLIENTS_AT);
            Connection consuming = connect(software, CLIENTS_AT);
            String queue = "alarmed";
            there.createChannel().queueDeclare(queue, true, false, false, Map.of("x-queue-type", "quorum"));
            assertThat(cluster.leader("queue." + queue, 0).id()).isEqualTo(SHORT_OF_ROOM);
            publishing.addBlockedListener(blocked::set, () -> blocked.set(""));
            publish(publishing.createChannel(), queue);
            ClusterUnderTest.await("some confirms", () -> confirmed.size() > 50);

            machines.of(SHORT_OF_ROOM).fill(LITTLE_ROOM);
            ClusterUnderTest.await("blocked", () -> blocked.get().equals("low on disk"));

            Channel channel = late.createChannel();
            channel.confirmSelect();
            publishOne(channel, queue, -1);
            assertThat(confirmed)
                    .as("what is read is answered, whoever is blocked")
                    .contains(-1);
            consume(consuming.createChannel(), queue);
            ClusterUnderTest.await("consumers go on", () -> seen.containsAll(confirmed));
            assertThat(blocked.get()).isEqualTo("low on disk");

            int before = confirmed.size();
            machines.of(SHORT_OF_ROOM).healDisks();
            ClusterUnderTest.await("unblocked", () -> blocked.get().isEmpty());
            ClusterUnderTest.await("publishers go on", () -> confirmed.size() > before + 50);
            publishing.abort(CLOSE_MS_MAX);
            ClusterUnderTest.await("all that was confirmed", () -> seen.containsAll(confirmed));
        }
    }
}
