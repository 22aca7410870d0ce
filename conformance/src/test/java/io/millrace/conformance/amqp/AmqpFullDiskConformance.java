package io.millrace.conformance.amqp;

import static io.millrace.conformance.amqp.AmqpClients.PERSISTENT;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import io.millrace.conformance.Mount;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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
    private static final Duration SOON = Duration.ofSeconds(60);

    private final Semaphore mayPublish = new Semaphore(2);
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger received = new AtomicInteger();
    private final AtomicBoolean blocked = new AtomicBoolean();

    /// Publishes until its connection ends. For what is refused it may publish again when the test says so.
    private void publish(Channel channel, String queue) {
        var underWay = new ConcurrentSkipListSet<Long>();
        channel.addConfirmListener(
                (tag, multiple) -> {
                    int count = ended(underWay, tag, multiple);
                    taken.addAndGet(count);
                    mayPublish.release(count);
                },
                (tag, multiple) -> refused.addAndGet(ended(underWay, tag, multiple)));
        channel.getConnection().addBlockedListener(reason -> blocked.set(true), () -> blocked.set(false));
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    mayPublish.acquire();
                    underWay.add(channel.getNextPublishSeqNo());
                    channel.basicPublish("", queue, PERSISTENT, BODY);
                }
            } catch (IOException | AlreadyClosedException | InterruptedException end) {
                // the test is over
            }
        });
    }

    private static int ended(NavigableSet<Long> underWay, long tag, boolean multiple) {
        NavigableSet<Long> ended = multiple ? underWay.headSet(tag, true) : underWay.subSet(tag, true, tag, true);
        int count = ended.size();
        ended.clear();
        return count;
    }

    private void consume(Channel channel, String queue) throws IOException {
        channel.basicQos(10);
        channel.basicConsume(queue, false, new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                    throws IOException {
                received.incrementAndGet();
                channel.basicAck(envelope.getDeliveryTag(), false);
            }
        });
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
            try (var clients = new AmqpClients(broker.address())) {
                clients.helper().queueDeclare(queue, true, false, false, Map.of());
                deleteFilesSoon(broker.bootstrap(), "queue." + queue);
                publish(clients.confirming(), queue);
                Awaitility.await().atMost(SOON).until(() -> refused.get() > 0 || blocked.get());
                int full = taken.get();
                assertThat(full).isBetween(60, 105);

                consume(clients.channel(), queue);

                Awaitility.await().atMost(SOON).until(() -> {
                    mayPublish.release(refused.getAndSet(0));
                    return taken.get() > full + 10 && received.get() > full;
                });
            }
        }
    }
}
