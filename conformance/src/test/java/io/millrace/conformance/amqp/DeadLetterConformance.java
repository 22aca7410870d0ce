package io.millrace.conformance.amqp;

import static io.millrace.conformance.amqp.AmqpClients.PLAIN;
import static io.millrace.conformance.amqp.AmqpClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Messages that died: where they go, and what `x-death` says.
@ExtendWith(SharedAmqp.class)
final class DeadLetterConformance {
    private final AmqpClients clients;
    private final String dead;

    DeadLetterConformance(AmqpClients clients) throws Exception {
        this.clients = clients;
        this.dead = clients.queue(Map.of());
    }

    /// A queue whose dead go to [#dead] by the default exchange.
    private String dying(Map<String, Object> more) throws Exception {
        var arguments = new HashMap<String, Object>(more);
        arguments.put("x-dead-letter-exchange", "");
        arguments.put("x-dead-letter-routing-key", dead);
        return clients.queue(arguments);
    }

    private void reject(String queue) throws Exception {
        Channel channel = clients.helper();
        long tag = AmqpClients.take(channel, queue, false).getEnvelope().getDeliveryTag();
        channel.basicReject(tag, false);
    }

    private Map<String, Object> headers() throws Exception {
        return Plain.of(clients.take(dead).getProps().getHeaders());
    }

    /// Checks the first death of a message published to `queue` by the default exchange.
    private static void assertFirstDeath(Map<String, Object> headers, String queue, String reason) {
        Map<?, ?> death = onlyDeath(headers);
        assertThat(death.get("count")).isEqualTo(1L);
        assertThat(death.get("reason")).isEqualTo(reason);
        assertThat(death.get("queue")).isEqualTo(queue);
        assertThat(death.get("exchange")).isEqualTo("");
        assertThat(death.get("routing-keys")).isEqualTo(List.of(queue));
        assertThat(death.get("time")).isInstanceOf(Date.class);
        assertThat(headers)
                .containsEntry("x-first-death-exchange", "")
                .containsEntry("x-first-death-queue", queue)
                .containsEntry("x-first-death-reason", reason);
    }

    private static List<?> deaths(Map<String, Object> headers) {
        return (List<?>) headers.getOrDefault("x-death", List.of());
    }

    private static String member(Object death, String name) {
        return String.valueOf(((Map<?, ?>) death).get(name));
    }

    private static Map<?, ?> onlyDeath(Map<String, Object> headers) {
        assertThat(deaths(headers)).hasSize(1);
        return (Map<?, ?>) deaths(headers).getFirst();
    }

    @Test
    void aRejectedMessage() throws Exception {
        String queue = dying(Map.of());
        AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                .headers(Map.of("own", 1))
                .messageId("id")
                .deliveryMode(2)
                .build();
        clients.publish("", queue, properties, "m");

        reject(queue);

        GetResponse message = clients.take(dead);
        assertThat(message.getEnvelope().getExchange()).isEmpty();
        assertThat(message.getEnvelope().getRoutingKey()).isEqualTo(dead);
        assertThat(message.getEnvelope().isRedeliver()).isFalse();
        assertThat(message.getProps().getMessageId()).isEqualTo("id");
        assertThat(message.getProps().getDeliveryMode()).isEqualTo(2);
        Map<String, Object> headers = Plain.of(message.getProps().getHeaders());
        assertThat(headers).containsEntry("own", 1);
        assertFirstDeath(headers, queue, "rejected");
        assertThat(onlyDeath(headers).containsKey("original-expiration")).isFalse();
    }

    @Test
    void aMessageRejectedByNackWithMultiple() throws Exception {
        String queue = dying(Map.of());
        clients.publish(queue, "a", "b", "c");
        Channel channel = clients.channel();
        for (int i = 0; i < 2; i++) {
            AmqpClients.take(channel, queue, false);
        }

        channel.basicNack(0, true, false);

        clients.awaitReady(dead, 2);
        assertThat(clients.drain(dead)).containsExactly("a", "b");
    }

    @Test
    void aMessageWhoseOwnTimeRanOutLosesItsExpiration() throws Exception {
        String queue = dying(Map.of());
        clients.publish(
                "", queue, new AMQP.BasicProperties.Builder().expiration("20").build(), "m");

        GetResponse message = clients.take(dead);
        assertThat(message.getProps().getExpiration()).isNull();
        Map<String, Object> headers = Plain.of(message.getProps().getHeaders());
        assertFirstDeath(headers, queue, "expired");
        assertThat(onlyDeath(headers).get("original-expiration")).isEqualTo("20");
    }

    @Test
    void aMessageWhoseQueuesTimeRanOut() throws Exception {
        String queue = dying(Map.of("x-message-ttl", 20));
        clients.publish(queue, "m");

        Map<String, Object> headers = headers();

        assertFirstDeath(headers, queue, "expired");
        assertThat(onlyDeath(headers).containsKey("original-expiration")).isFalse();
    }

    @Test
    void theOldestMessageOfAFullQueue() throws Exception {
        String queue = dying(Map.of("x-max-length", 1));
        clients.publish(queue, "old", "new");

        GetResponse message = clients.take(dead);
        assertThat(message.getBody()).isEqualTo(bytes("old"));
        assertFirstDeath(Plain.of(message.getProps().getHeaders()), queue, "maxlen");
        assertThat(clients.drain(queue)).containsExactly("new");
    }

    @Test
    void theNewestMessageOfAFullQueueThatRejects() throws Exception {
        String queue = dying(Map.of("x-max-length", 1, "x-overflow", "reject-publish-dlx"));
        Channel channel = clients.confirming();
        channel.basicPublish("", queue, PLAIN, bytes("old"));
        assertThat(channel.waitForConfirms(20_000)).isTrue();
        channel.basicPublish("", queue, PLAIN, bytes("new"));
        assertThat(channel.waitForConfirms(20_000)).as("nacked all the same").isFalse();

        GetResponse message = clients.take(dead);
        assertThat(message.getBody()).isEqualTo(bytes("new"));
        assertFirstDeath(Plain.of(message.getProps().getHeaders()), queue, "maxlen");
    }

    @Test
    void withoutAKeyOfItsOwnTheMessageKeepsItsKeys() throws Exception {
        String exchange = clients.exchange("direct", Map.of());
        String copied = clients.boundQueue(exchange, "a");
        String queue = clients.queue(Map.of("x-dead-letter-exchange", exchange));
        AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                .headers(Map.of("CC", List.of("a"), "BCC", List.of("hidden")))
                .build();
        clients.helper().queueBind(queue, "amq.direct", queue);
        clients.publish("amq.direct", queue, properties, "m");

        reject(queue);

        GetResponse message = clients.take(copied);
        assertThat(message.getEnvelope().getRoutingKey()).isEqualTo(queue);
        Map<String, Object> headers = Plain.of(message.getProps().getHeaders());
        assertThat(headers).containsEntry("CC", List.of("a"));
        assertThat(onlyDeath(headers).get("routing-keys")).isEqualTo(List.of(queue, "a"));
        assertThat(onlyDeath(headers).get("exchange")).isEqualTo("amq.direct");
    }

    @Test
    void aKeyOfTheQueuesOwnTakesTheCarbonCopiesAway() throws Exception {
        String queue = dying(Map.of());
        AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                .headers(Map.of("CC", List.of("other")))
                .build();
        clients.publish("", queue, properties, "m");

        reject(queue);

        Map<String, Object> headers = headers();
        assertThat(headers).doesNotContainKey("CC");
        assertThat(onlyDeath(headers).get("routing-keys")).isEqualTo(List.of(queue, "other"));
    }

    @Test
    void everyQueueAndReasonIsCountedNewestFirst() throws Exception {
        String one = AmqpClients.fresh("q");
        String two = clients.queue(Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", one));
        clients.helper()
                .queueDeclare(
                        one,
                        false,
                        false,
                        false,
                        Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", two));
        clients.publish(one, "m");

        reject(one);
        reject(two);
        reject(one);

        Map<String, Object> headers = Plain.of(clients.take(two).getProps().getHeaders());
        assertThat(deaths(headers))
                .extracting(death -> member(death, "queue") + " " + member(death, "count"))
                .containsExactly(one + " 2", two + " 1");
        assertThat(headers).containsEntry("x-first-death-queue", one);
        clients.helper().queueDelete(one);
    }

    @Test
    void aCycleNobodyRejectsInEndsAtOnce() throws Exception {
        String queue = AmqpClients.fresh("q");
        clients.helper()
                .queueDeclare(
                        queue,
                        false,
                        false,
                        false,
                        Map.of("x-message-ttl", 20, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", queue));
        clients.publish(queue, "m");

        clients.awaitReady(queue, 0);
        clients.publish(queue, "later");
        clients.awaitReady(queue, 0);

        clients.helper().queueDelete(queue);
    }

    @Test
    void aCycleWithARejectionInItGoesRound() throws Exception {
        String work = AmqpClients.fresh("q");
        String waiting = clients.queue(
                Map.of("x-message-ttl", 20, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", work));
        clients.helper()
                .queueDeclare(
                        work,
                        false,
                        false,
                        false,
                        Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", waiting));
        clients.publish(work, "retried");

        for (int i = 0; i < 3; i++) {
            reject(work);
        }

        Map<String, Object> headers = Plain.of(clients.take(work).getProps().getHeaders());
        assertThat(deaths(headers))
                .extracting(death -> member(death, "reason") + " " + member(death, "count"))
                .containsExactly("expired 3", "rejected 3");
        clients.helper().queueDelete(work);
    }

    @Test
    void aMissingDeadLetterExchangeLosesTheMessageAndNothingElse() throws Exception {
        String queue = clients.queue(Map.of("x-dead-letter-exchange", "missing-e"));
        clients.publish(queue, "a", "b");

        reject(queue);

        assertThat(clients.drain(queue)).containsExactly("b");
    }

    @Test
    void aPurgeKillsNobody() throws Exception {
        String queue = dying(Map.of());
        clients.publish(queue, "a");

        assertThat(clients.helper().queuePurge(queue).getMessageCount()).isEqualTo(1);
        clients.publish(queue, "b");
        reject(queue);

        clients.awaitReady(dead, 1);
        assertThat(clients.drain(dead)).containsExactly("b");
    }
}
