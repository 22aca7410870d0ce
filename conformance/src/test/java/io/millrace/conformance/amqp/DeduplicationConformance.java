package io.millrace.conformance.amqp;

import static io.millrace.conformance.amqp.AmqpClients.PERSISTENT;
import static io.millrace.conformance.amqp.AmqpClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Exchanges and queues that drop messages whose `x-deduplication-header` they have, as RabbitMQ's community plug-in
/// has them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DeduplicationConformance {
    private AmqpBroker broker;

    @BeforeAll
    void start() {
        Assumptions.assumeFalse(AmqpBroker.isRabbitMq(), "needs a plug-in");
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

    private static AMQP.BasicProperties once(Object value) {
        return PERSISTENT
                .builder()
                .headers(Map.of("x-deduplication-header", value))
                .build();
    }

    @Test
    void anExchangeLetsAValueThroughOnceWhicheverConnectionItComesBy() throws Exception {
        try (var clients = clients()) {
            String exchange = AmqpClients.fresh("once");
            String queue = clients.queue(Map.of());
            Channel channel = clients.helper();
            channel.exchangeDeclare(exchange, "x-message-deduplication", true, false, Map.of("x-cache-size", 100));
            channel.queueBind(queue, exchange, "whatever");
            for (int connection = 0; connection < 3; connection++) {
                Channel publishing = clients.confirming();
                publishing.basicPublish(exchange, "", once("a"), bytes("a"));
                publishing.basicPublish(exchange, "", once(connection), bytes("n" + connection));
                publishing.waitForConfirmsOrDie(20_000);
            }

            assertThat(clients.drain(queue)).containsExactly("a", "n0", "n1", "n2");
            channel.exchangeDelete(exchange);
            channel.exchangeDeclare(exchange, "x-message-deduplication", true, false, Map.of("x-cache-size", 100));
            channel.queueBind(queue, exchange, "");
            clients.publish(exchange, "", once("a"), "another exchange");
            assertThat(clients.drain(queue)).containsExactly("another exchange");
            channel.exchangeDelete(exchange);
            assertThat(Closed.by(
                            clients.connect(), other -> other.exchangeDeclare(exchange, "x-message-deduplication")))
                    .isEqualTo(Closed.channel(
                            406,
                            "PRECONDITION_FAILED - Missing or invalid argument, 'x-cache-size' must be an integer greater"
                                    + " than 0"));
        }
    }

    @Test
    void aDurableQueueHasEveryValueOnceAlsoAfterAKill() throws Exception {
        String queue = AmqpClients.fresh("unique");
        try (var before = clients()) {
            before.helper().queueDeclare(queue, true, false, false, Map.of("x-message-deduplication", true));
            Channel publishing = before.confirming();
            for (String value : new String[] {"a", "b", "a"}) {
                publishing.basicPublish("", queue, once(value), bytes(value));
            }
            publishing.waitForConfirmsOrDie(20_000);
            assertThat(before.ready(queue)).isEqualTo(2);
        }
        broker.kill9();
        broker.restart();
        try (var after = clients()) {
            after.publish("", queue, once("b"), "again");
            after.publish("", queue, once("c"), "c");

            assertThat(after.drain(queue)).containsExactly("a", "b", "c");
            after.publish("", queue, once("a"), "free again");
            assertThat(after.drain(queue)).containsExactly("free again");
            after.helper().queueDelete(queue);
        }
    }
}
