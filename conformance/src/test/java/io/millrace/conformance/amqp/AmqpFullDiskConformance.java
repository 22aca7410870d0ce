package io.millrace.conformance.amqp;

import static io.millrace.conformance.amqp.AmqpClients.PERSISTENT;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import io.millrace.conformance.Mount;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// A durable queue fills the disk it is on: publishers are told no, consumers go on, and what they take makes room.
final class AmqpFullDiskConformance {
    private static final int DISK_MEGABYTES = 40;
    private static final byte[] BODY = new byte[256 * 1024];

    /// Answers whether the broker took it.
    private static boolean publish(Channel channel, String queue) throws IOException {
        channel.basicPublish("", queue, PERSISTENT, BODY);
        try {
            return channel.waitForConfirms(20_000);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("neither confirmed nor refused", e);
        }
    }

    @Test
    void publishersAreRefusedConsumersGoOnAndMakeRoom() throws Exception {
        Assumptions.assumeFalse(AmqpBroker.isRabbitMq(), "about Millrace's own promises");
        try (MillraceAmqp broker = MillraceAmqp.prepare("storage.reserve-bytes=8388608");
                Mount _ = Mount.ofSize(broker.data(), DISK_MEGABYTES);
                AutoCloseable _ = broker::kill9) {
            broker.restart();
            String queue = AmqpClients.fresh("full");
            int stored = 0;
            try (var clients = new AmqpClients(broker.address())) {
                Channel channel = clients.confirming();
                channel.queueDeclare(queue, true, false, false, Map.of());
                while (publish(channel, queue)) {
                    stored++;
                }
                assertThat(stored).isBetween(20, 140);

                Channel consumer = clients.channel();
                consumer.basicQos(10);
                Inbox inbox = Inbox.of(consumer, queue);
                for (int taken = 0; taken < stored; taken++) {
                    consumer.basicAck(inbox.next().getEnvelope().getDeliveryTag(), false);
                }

                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .pollInSameThread()
                        .until(() -> publish(channel, queue));
                assertThat(inbox.next().getBody()).hasSize(BODY.length);
            }
        }
    }
}
