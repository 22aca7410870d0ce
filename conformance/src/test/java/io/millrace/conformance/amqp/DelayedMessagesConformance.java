package io.millrace.conformance.amqp;

import static io.millrace.conformance.amqp.AmqpClients.PERSISTENT;
import static io.millrace.conformance.amqp.AmqpClients.bytes;
import static io.millrace.conformance.amqp.AmqpClients.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Exchanges of type `x-delayed-message`, and delays made of queues with a time to live, as kombu makes them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DelayedMessagesConformance {
    private AmqpBroker broker;

    @BeforeAll
    void start() {
        Assumptions.assumeFalse(AmqpBroker.isRabbitMq(), "needs RabbitMQ's plug-in");
        broker = AmqpBroker.start();
    }

    @AfterAll
    void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    private AmqpClients clients() {
        return new AmqpClients(broker.address());
    }

    private static String delayed(Channel channel, String type) throws Exception {
        String exchange = AmqpClients.fresh("later");
        channel.exchangeDeclare(exchange, "x-delayed-message", true, false, Map.of("x-delayed-type", type));
        return exchange;
    }

    private static AMQP.BasicProperties delay(long ms) {
        return PERSISTENT.builder().headers(Map.of("x-delay", ms)).build();
    }

    @Test
    void messagesComeInTheOrderInWhichTheyAreDueAndNotBefore() throws Exception {
        try (var clients = clients()) {
            Channel channel = clients.helper();
            String exchange = delayed(channel, "topic");
            String queue = clients.quorumQueue(Map.of());
            channel.queueBind(queue, exchange, "k.#");
            Inbox inbox = Inbox.of(clients.channel(), queue);

            long beganNs = System.nanoTime();
            clients.publish(exchange, "k.c", delay(2_400), "c");
            clients.publish(exchange, "k.a", delay(800), "a");
            clients.publish(exchange, "k.b", delay(1_600), "b");
            clients.publish(exchange, "other", delay(100), "nobody's");
            clients.publish(exchange, "k.now", PERSISTENT, "now");

            assertThat(text(inbox.next().getBody())).isEqualTo("now");
            Delivery first = inbox.next();
            assertThat(System.nanoTime() - beganNs).isGreaterThanOrEqualTo(800_000_000L);
            assertThat(text(first.getBody())).isEqualTo("a");
            assertThat(first.getEnvelope().getExchange()).isEqualTo(exchange);
            assertThat(first.getEnvelope().getRoutingKey()).isEqualTo("k.a");
            assertThat(((Number) first.getProperties().getHeaders().get("x-delay")).longValue())
                    .isEqualTo(-800);
            assertThat(inbox.next(2)).containsExactly("b", "c");
            assertThat(System.nanoTime() - beganNs).isGreaterThanOrEqualTo(2_400_000_000L);
            channel.exchangeDelete(exchange);
        }
    }

    @Test
    void aKillLosesNoneOfThem() throws Exception {
        List<String> sent = IntStream.range(0, 300).mapToObj(Integer::toString).toList();
        String exchange;
        String queue = AmqpClients.fresh("target");
        try (var before = clients()) {
            Channel channel = before.confirming();
            exchange = delayed(channel, "fanout");
            channel.queueDeclare(queue, true, false, false, Map.of());
            channel.queueBind(queue, exchange, "");
            for (String body : sent) {
                channel.basicPublish(exchange, "", delay(1_000 + 2 * Integer.parseInt(body)), bytes(body));
            }
            channel.waitForConfirmsOrDie(20_000);
            broker.kill9();
        }
        broker.restart();
        try (var between = clients()) {
            AmqpClients.await(() -> between.ready(queue) > 0); // while they come in
            broker.kill9();
        }
        broker.restart();

        try (var after = clients()) {
            AmqpClients.await(() -> after.ready(queue) >= sent.size());
            List<String> found = after.drain(queue);
            // at least once: what was on its way when the node was killed may have come twice
            assertThat(new TreeSet<>(found)).isEqualTo(new TreeSet<>(sent));
            after.helper().queueDelete(queue);
            after.helper().exchangeDelete(exchange);
        }
    }

    @Test
    void bindingsCountWhenAMessageIsDueAndItsQueueIsSeenByNobody() throws Exception {
        try (var clients = clients()) {
            Channel channel = clients.helper();
            String exchange = delayed(channel, "direct");
            channel.exchangeBind(exchange, "amq.fanout", "");
            clients.publish("amq.fanout", "late", delay(1_500), "m");
            String queue = clients.queue(Map.of());
            channel.queueBind(queue, exchange, "late");
            String hidden = "amq.delayed." + exchange;

            assertThat(Closed.by(clients.connect(), other -> other.queueDeclarePassive(hidden)))
                    .isEqualTo(Closed.channel(404, "NOT_FOUND - no queue '" + hidden + "' in vhost '/'"));
            assertThat(Closed.by(clients.connect(), other -> other.basicGet(hidden, true)))
                    .isEqualTo(Closed.channel(404, "NOT_FOUND - no queue '" + hidden + "' in vhost '/'"));

            assertThat(text(AmqpClients.take(channel, queue, true).getBody())).isEqualTo("m");
            channel.exchangeDelete(exchange);
            channel.exchangeDeclare(exchange, "x-delayed-message", false, true, Map.of("x-delayed-type", "headers"));
            channel.exchangeDelete(exchange);
        }
    }

    /// Native delayed delivery of kombu 5.5 and later, as Celery uses it with quorum queues: a level for each binary
    /// digit of the delay, each a topic exchange and a quorum queue whose messages expire into the next. Here with
    /// three levels, and tenths of seconds.
    @Test
    void levelsOfQueuesWithATimeToLiveAddUpToADelay() throws Exception {
        try (var clients = clients()) {
            Channel channel = clients.helper();
            String prefix = AmqpClients.fresh("celery_delayed");
            String end = prefix + "_delivery";
            int top = 2;
            channel.exchangeDeclare(end, "topic", true);
            for (int level = 0; level <= top; level++) {
                String name = prefix + "_" + level;
                String next = level == 0 ? end : prefix + "_" + (level - 1);
                channel.exchangeDeclare(name, "topic", true);
                channel.queueDeclare(
                        name,
                        true,
                        false,
                        false,
                        Map.of(
                                "x-queue-type", "quorum",
                                "x-overflow", "reject-publish",
                                "x-dead-letter-strategy", "at-least-once",
                                "x-message-ttl", 100 << level,
                                "x-dead-letter-exchange", next));
                String above = "*.".repeat(top - level);
                channel.queueBind(name, name, above + "1.#");
                channel.exchangeBind(next, name, above + "0.#");
            }
            String queue = clients.quorumQueue(Map.of());
            channel.queueBind(queue, end, "#." + queue);

            long beganNs = System.nanoTime();
            clients.publish(prefix + "_" + top, "1.0.1." + queue, PERSISTENT, "500 ms");
            clients.publish(prefix + "_" + top, "0.0.1." + queue, PERSISTENT, "100 ms");
            clients.publish(prefix + "_" + top, "0.0.0." + queue, PERSISTENT, "at once");

            var found = new ArrayList<String>();
            for (int i = 0; i < 3; i++) {
                found.add(text(AmqpClients.take(channel, queue, true).getBody()));
            }
            assertThat(System.nanoTime() - beganNs).isGreaterThanOrEqualTo(500_000_000L);
            assertThat(found).containsExactly("at once", "100 ms", "500 ms");
            for (int level = 0; level <= top; level++) {
                channel.queueDelete(prefix + "_" + level);
                channel.exchangeDelete(prefix + "_" + level);
            }
            channel.exchangeDelete(end);
        }
    }
}
