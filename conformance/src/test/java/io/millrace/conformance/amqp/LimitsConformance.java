package io.millrace.conformance.amqp;

import static io.millrace.conformance.amqp.AmqpClients.PLAIN;
import static io.millrace.conformance.amqp.AmqpClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Bounds on time, length and order of what waits in a queue.
@ExtendWith(SharedAmqp.class)
final class LimitsConformance {
    private final AmqpClients clients;

    LimitsConformance(AmqpClients clients) {
        this.clients = clients;
    }

    private static AMQP.BasicProperties expiring(String milliseconds) {
        return new AMQP.BasicProperties.Builder().expiration(milliseconds).build();
    }

    private static AMQP.BasicProperties priority(int priority) {
        return new AMQP.BasicProperties.Builder().priority(priority).build();
    }

    @Test
    void messagesLeaveWhenTheirTimeIsOver() throws Exception {
        String queue = clients.queue(Map.of());

        clients.publish("", queue, expiring("30"), "short");
        clients.publish("", queue, expiring("600000"), "long");
        clients.awaitReady(queue, 1);

        assertThat(clients.drain(queue)).containsExactly("long");
    }

    @Test
    void theShorterOfQueueAndMessageTimeCounts() throws Exception {
        String shortQueue = clients.queue(Map.of("x-message-ttl", 30));
        String longQueue = clients.queue(Map.of("x-message-ttl", 600_000));

        clients.publish("", shortQueue, expiring("600000"), "m");
        clients.publish("", longQueue, expiring("30"), "m");

        clients.awaitReady(shortQueue, 0);
        clients.awaitReady(longQueue, 0);
    }

    @Test
    void aQueueWhoseTimeIsZeroGivesOnlyToThoseThatWait() throws Exception {
        String queue = clients.queue(Map.of("x-message-ttl", 0));
        clients.publish(queue, "nobody waits");
        clients.awaitReady(queue, 0);
        Inbox inbox = Inbox.of(clients.channel(), queue);

        clients.publish(queue, "somebody waits");

        assertThat(inbox.next(1)).containsExactly("somebody waits");
    }

    @Test
    void anUnacknowledgedMessageDoesNotExpireUntilItComesBack() throws Exception {
        String queue = clients.queue(Map.of());
        String clock = clients.queue(Map.of());
        Channel channel = clients.channel();
        clients.publish("", queue, expiring("2000"), "taken");
        long tag = AmqpClients.take(channel, queue, false).getEnvelope().getDeliveryTag();
        clients.publish("", clock, expiring("2500"), "tick");
        clients.awaitReady(clock, 0);

        channel.basicNack(tag, false, true);

        clients.awaitReady(queue, 0);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void theOldestGoWhenTheQueueIsFull() throws Exception {
        String queue = clients.queue(Map.of("x-max-length", 3));

        clients.publish(queue, "a", "b", "c", "d", "e");

        assertThat(clients.drain(queue)).containsExactly("c", "d", "e");
    }

    @Test
    void unacknowledgedMessagesDoNotFillAQueue() throws Exception {
        String queue = clients.queue(Map.of("x-max-length", 2));
        clients.publish(queue, "a", "b");
        Channel channel = clients.channel();
        AmqpClients.take(channel, queue, false);
        AmqpClients.take(channel, queue, false);

        clients.publish(queue, "c", "d");

        assertThat(clients.drain(queue)).containsExactly("c", "d");
    }

    @Test
    void bytesCountAsWell() throws Exception {
        String queue = clients.queue(Map.of("x-max-length-bytes", 250));

        for (int i = 0; i < 4; i++) {
            clients.publish(queue, ("" + i).repeat(100));
        }

        assertThat(clients.drain(queue)).containsExactly("2".repeat(100), "3".repeat(100));
    }

    @Test
    void bytesAreThoseOfBodies() throws Exception {
        String queue = clients.queue(Map.of("x-max-length-bytes", 10));
        AMQP.BasicProperties properties = PLAIN.builder()
                .contentType("text/plain")
                .messageId("a longer one")
                .build();

        for (String body : new String[] {"aaaa", "bbbb", "cccc"}) {
            clients.publish("", queue, properties, body);
        }

        assertThat(clients.drain(queue)).containsExactly("bbbb", "cccc");
    }

    @Test
    void aRejectingQueueTakesAgainWhenThereIsRoom() throws Exception {
        String queue = clients.queue(Map.of("x-max-length", 1, "x-overflow", "reject-publish"));
        Channel channel = clients.confirming();
        for (String body : new String[] {"a", "b"}) {
            channel.basicPublish("", queue, PLAIN, bytes(body));
            channel.waitForConfirms(20_000);
        }

        clients.take(queue);
        channel.basicPublish("", queue, PLAIN, bytes("c"));

        assertThat(channel.waitForConfirms(20_000)).isTrue();
        assertThat(clients.drain(queue)).containsExactly("c");
    }

    @Test
    void higherPrioritiesComeFirstInTheOrderTheyCame() throws Exception {
        String queue = clients.queue(Map.of("x-max-priority", 5));
        clients.publish("", queue, PLAIN, "none");
        clients.publish("", queue, priority(0), "0");
        clients.publish("", queue, priority(3), "3a");
        clients.publish("", queue, priority(5), "5");
        clients.publish("", queue, priority(3), "3b");
        clients.publish("", queue, priority(200), "beyond the highest");

        assertThat(clients.drain(queue)).containsExactly("5", "beyond the highest", "3a", "3b", "none", "0");
    }

    @Test
    void aRequeuedMessageKeepsItsPriority() throws Exception {
        String queue = clients.queue(Map.of("x-max-priority", 5));
        clients.publish("", queue, priority(1), "1");
        clients.publish("", queue, priority(4), "4a");
        clients.publish("", queue, priority(4), "4b");
        Channel channel = clients.channel();
        long tag = AmqpClients.take(channel, queue, false).getEnvelope().getDeliveryTag();

        channel.basicNack(tag, false, true);
        clients.awaitReady(queue, 3);

        assertThat(clients.drain(queue)).containsExactly("4a", "4b", "1");
    }

    @Test
    void prioritiesMeanNothingWhereNoneWereAskedFor() throws Exception {
        String queue = clients.queue(Map.of());
        clients.publish("", queue, priority(1), "first");
        clients.publish("", queue, priority(9), "second");

        assertThat(clients.drain(queue)).containsExactly("first", "second");
    }

    @Test
    void aFullPriorityQueueDropsWhatWouldBeDeliveredNext() throws Exception {
        String queue = clients.queue(Map.of("x-max-priority", 5, "x-max-length", 2));
        clients.publish("", queue, priority(5), "high");
        clients.publish("", queue, priority(1), "low");
        clients.publish("", queue, priority(3), "middle");

        assertThat(clients.drain(queue)).containsExactly("middle", "low");
    }
}
