package io.millrace.conformance.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Bodies that are large for the memory of a broker.
@ExtendWith(SharedAmqp.class)
final class LargeBodyConformance {
    private static final int LARGE_BYTES = 100_000_000;
    private static final int MANY_BYTES = 40_000_000;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final AmqpClients clients;

    LargeBodyConformance(AmqpClients clients) {
        this.clients = clients;
    }

    @Test
    void aBodyOfAHundredMegabytesArrives() throws Exception {
        byte[] body = body(LARGE_BYTES);
        String queue = clients.queue(true, Map.of());
        Channel channel = clients.connect(settings -> settings.setMaxInboundMessageBodySize(LARGE_BYTES + 1))
                .createChannel();
        channel.confirmSelect();

        publish(channel, queue, body);
        GetResponse got = channel.basicGet(queue, true);

        assertThat(Arrays.equals(got.getBody(), body)).isTrue();
    }

    /// A broker that has too little memory for all of them at a time makes them wait for each other.
    @Test
    void severalConnectionsPublishLargeBodiesAtATime() throws Exception {
        byte[] body = body(MANY_BYTES);
        List<String> queues = new ArrayList<>();
        List<CompletableFuture<Void>> published = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Channel channel = clients.confirming();
            String queue = clients.queue(true, Map.of());
            queues.add(queue);
            published.add(CompletableFuture.runAsync(() -> publish(channel, queue, body)));
        }

        for (CompletableFuture<Void> each : published) {
            each.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        }

        for (String queue : queues) {
            assertThat(clients.helper().messageCount(queue)).isEqualTo(1);
        }
    }

    private static void publish(Channel channel, String queue, byte[] body) {
        try {
            channel.basicPublish("", queue, AmqpClients.PERSISTENT, body);
            channel.waitForConfirmsOrDie(LIMIT.toMillis());
        } catch (IOException | InterruptedException | TimeoutException e) {
            throw new AssertionError("publishing to " + queue, e);
        }
    }

    private static byte[] body(int bytes) {
        byte[] body = new byte[bytes];
        new Random(7).nextBytes(body);
        return body;
    }
}
