package io.millrace.conformance.amqp;

import static io.millrace.conformance.amqp.AmqpClients.PERSISTENT;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import io.millrace.conformance.Mount;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// A durable queue fills the disk it is on: publishers are told no, or are not read any more, consumers go on, and what
/// they take makes room, a segment of 256 MB at a time.
final class AmqpFullDiskConformance {
    private static final int DISK_MEGABYTES = 420;
    private static final byte[] BODY = new byte[4 << 20];

    /// Answers whether the broker took it, and all before. A connection that is blocked hears nothing for now.
    private static boolean publish(Channel channel, String queue) throws IOException, InterruptedException {
        channel.basicPublish("", queue, PERSISTENT, BODY);
        return isTaken(channel);
    }

    private static boolean isTaken(Channel channel) throws InterruptedException {
        try {
            return channel.waitForConfirms(3_000);
        } catch (TimeoutException blocked) {
            return false;
        }
    }

    /// And not after a minute.
    private static void deleteFilesSoon(String bootstrap, String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            var setting = new AlterConfigOp(new ConfigEntry("file.delete.delay.ms", "500"), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(
                            Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(setting)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void publishersAreRefusedConsumersGoOnAndMakeRoom() throws Exception {
        Assumptions.assumeFalse(AmqpBroker.isRabbitMq(), "about Millrace's own promises");
        try (MillraceAmqp broker =
                        MillraceAmqp.prepare("storage.reserve-bytes=33554432", "storage.retention-check-ms=500");
                Mount _ = Mount.ofSize(broker.data(), DISK_MEGABYTES);
                AutoCloseable _ = broker::kill9) {
            broker.restart();
            String queue = AmqpClients.fresh("full");
            int stored = 0;
            try (var clients = new AmqpClients(broker.address())) {
                Channel channel = clients.confirming();
                channel.queueDeclare(queue, true, false, false, Map.of());
                deleteFilesSoon(broker.bootstrap(), "queue." + queue);
                while (publish(channel, queue)) {
                    stored++;
                }
                assertThat(stored).isBetween(65, 105);

                Channel consumer = clients.channel();
                consumer.basicQos(10);
                Inbox inbox = Inbox.of(consumer, queue);
                for (int taken = 0; taken < stored; taken++) {
                    consumer.basicAck(inbox.next().getEnvelope().getDeliveryTag(), false);
                }

                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .pollInSameThread()
                        .until(() -> isTaken(channel));
                assertThat(publish(channel, queue)).isTrue();
                assertThat(inbox.next().getBody()).hasSize(BODY.length);
            }
        }
    }
}
