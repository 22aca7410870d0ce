package io.millrace.conformance.amqp;

import static io.millrace.conformance.amqp.AmqpClients.PERSISTENT;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Queues declared as quorum queues: the delivery limit and what else differs from classic ones.
@ExtendWith(SharedAmqp.class)
final class QuorumConformance {
    private final AmqpClients clients;

    QuorumConformance(AmqpClients clients) {
        this.clients = clients;
    }

    @Test
    void publishedConsumedAcknowledged() throws Exception {
        String queue = clients.quorumQueue(Map.of());
        clients.publish("", queue, PERSISTENT, "a");
        clients.publish("", queue, PERSISTENT, "b");
        Channel channel = clients.channel();
        Inbox inbox = Inbox.of(channel, queue);

        assertThat(inbox.next(2)).containsExactly("a", "b");
        channel.basicAck(0, true);
        channel.close();

        AmqpClients.await(() -> clients.helper().queueDelete(queue).getMessageCount() == 0);
    }

    @Test
    void returnedTooOftenAMessageIsDeadLettered() throws Exception {
        String dead = clients.queue(Map.of());
        String queue = clients.quorumQueue(
                Map.of("x-delivery-limit", 2, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", dead));
        clients.publish("", queue, PERSISTENT, "poison");
        Channel channel = clients.channel();

        for (long count = 0; count <= 2; count++) {
            GetResponse message = AmqpClients.take(channel, queue, false);
            assertThat(message.getProps().getHeaders()).containsEntry("x-delivery-count", count);
            assertThat(message.getEnvelope().isRedeliver()).isEqualTo(count > 0);
            channel.basicNack(message.getEnvelope().getDeliveryTag(), false, true);
        }

        Map<String, Object> headers = Plain.of(clients.take(dead).getProps().getHeaders());
        assertThat(headers)
                .containsEntry("x-first-death-reason", "delivery_limit")
                .doesNotContainKey("x-delivery-count");
        List<?> deaths = (List<?>) headers.getOrDefault("x-death", List.of());
        assertThat(deaths).hasSize(1);
        assertThat(((Map<?, ?>) deaths.getFirst()).get("reason")).isEqualTo("delivery_limit");
    }

    @Test
    void aConsumerThatGoesCountsAsAReturn() throws Exception {
        String queue = clients.quorumQueue(Map.of("x-delivery-limit", 5));
        clients.publish("", queue, PERSISTENT, "m");
        Channel dying = clients.channel();
        Inbox.of(dying, queue).next();

        dying.getConnection().abort();

        Delivery again = Inbox.of(clients.channel(), queue).next();
        assertThat(again.getEnvelope().isRedeliver()).isTrue();
        assertThat(again.getProperties().getHeaders()).containsEntry("x-delivery-count", 1L);
    }

    @Test
    void withoutALimitAMessageMayComeBackForEver() throws Exception {
        String queue = clients.quorumQueue(Map.of());
        clients.publish("", queue, PERSISTENT, "m");
        Channel channel = clients.channel();

        for (int i = 0; i < 30; i++) {
            GetResponse message = AmqpClients.take(channel, queue, false);
            channel.basicNack(message.getEnvelope().getDeliveryTag(), false, true);
        }

        assertThat(AmqpClients.take(channel, queue, true).getBody()).isEqualTo(AmqpClients.bytes("m"));
    }

    @Test
    void aFullQueueDropsTheOldest() throws Exception {
        String queue = clients.quorumQueue(Map.of("x-max-length", 2));
        for (String body : List.of("a", "b", "c")) {
            clients.publish("", queue, PERSISTENT, body);
        }

        clients.awaitReady(queue, 2);
        assertThat(clients.drain(queue)).containsExactly("b", "c");
    }

    @Test
    void messagesExpire() throws Exception {
        String queue = clients.quorumQueue(Map.of("x-message-ttl", 50));
        clients.publish("", queue, PERSISTENT, "m");

        clients.awaitReady(queue, 0);
    }

    @Test
    void singleActiveConsumer() throws Exception {
        String queue = clients.quorumQueue(Map.of("x-single-active-consumer", true));
        Channel first = clients.channel();
        Inbox one = Inbox.of(first, queue);
        Inbox two = Inbox.of(clients.channel(), queue);
        clients.publish("", queue, PERSISTENT, "a");
        assertThat(one.next(1)).containsExactly("a");

        first.close();

        assertThat(two.next(1)).containsExactly("a");
    }
}
