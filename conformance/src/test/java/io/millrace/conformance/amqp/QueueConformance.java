package io.millrace.conformance.amqp;

import static io.millrace.conformance.amqp.AmqpClients.PLAIN;
import static io.millrace.conformance.amqp.AmqpClients.fresh;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The life of queues: declared, exclusive, named by the server, purged, deleted, expired.
@ExtendWith(SharedAmqp.class)
final class QueueConformance {
    private final AmqpClients clients;

    QueueConformance(AmqpClients clients) {
        this.clients = clients;
    }

    private void assertRefused(int code, String text, Closed.Deed deed) throws Exception {
        assertThat(Closed.by(clients.helper().getConnection(), deed)).isEqualTo(Closed.channel(code, text));
    }

    private void assertMissing(String queue) throws Exception {
        assertRefused(
                404,
                "NOT_FOUND - no queue '" + queue + "' in vhost '/'",
                channel -> channel.queueDeclarePassive(queue));
    }

    @Test
    void aDeclareTellsMessagesAndConsumers() throws Exception {
        String queue = clients.queue(Map.of());
        clients.publish(queue, "one", "two");
        Channel channel = clients.channel();
        channel.basicQos(1);
        Inbox inbox = Inbox.of(channel, queue);
        inbox.next();

        AMQP.Queue.DeclareOk told = clients.helper().queueDeclare(queue, false, false, false, Map.of());

        assertThat(told.getQueue()).isEqualTo(queue);
        assertThat(told.getMessageCount())
                .as("ready, not the unacknowledged one")
                .isEqualTo(1);
        assertThat(told.getConsumerCount()).isEqualTo(1);
    }

    @Test
    void theServerNamesANamelessQueue() throws Exception {
        Channel channel = clients.channel();

        String one = channel.queueDeclare().getQueue();
        String two = channel.queueDeclare().getQueue();

        assertThat(one).matches("amq\\.gen-[A-Za-z0-9_-]{22}");
        assertThat(two).isNotEqualTo(one);
    }

    @Test
    void theEmptyNameMeansTheQueueThisChannelDeclaredLast() throws Exception {
        Channel channel = clients.channel();
        channel.queueDeclare(fresh("q"), false, true, false, Map.of());
        String last = channel.queueDeclare().getQueue();

        channel.queueBind("", "amq.direct", last);
        clients.publish("amq.direct", last, PLAIN, "m");

        assertThat(AmqpClients.take(channel, "", false).getMessageCount()).isZero();
        assertThat(channel.queuePurge("").getMessageCount()).isZero();
        assertThat(channel.queueDelete("").getMessageCount()).isZero();
    }

    @Test
    void theEmptyNameMeansNothingOnAFreshChannel() throws Exception {
        String none = "NOT_FOUND - no previously declared queue";
        assertRefused(404, "NOT_FOUND - no queue '' in vhost '/'", channel -> channel.queueDeclarePassive(""));
        assertRefused(404, none, channel -> channel.queuePurge(""));
        assertRefused(404, none, channel -> channel.queueBind("", "amq.direct", "k"));
    }

    @Test
    void namesOfTheBrokersOwnAreReserved() throws Exception {
        assertRefused(
                403,
                "ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'",
                channel -> channel.queueDeclare("amq.mine", false, false, false, Map.of()));
    }

    @Test
    void whatIsMissingIsNotFound() throws Exception {
        String missing = "NOT_FOUND - no queue 'missing-q' in vhost '/'";

        assertRefused(404, missing, channel -> channel.queueDeclarePassive("missing-q"));
        assertRefused(404, missing, channel -> channel.queuePurge("missing-q"));
        assertRefused(404, missing, channel -> channel.basicGet("missing-q", true));
        assertRefused(404, missing, channel -> Inbox.of(channel, "missing-q"));
    }

    @Test
    void deletingWhatIsMissingIsFine() throws Exception {
        assertThat(clients.helper().queueDelete("missing-q").getMessageCount()).isZero();
    }

    @Test
    void aPassiveDeclareIgnoresEverythingButTheName() throws Exception {
        String queue = clients.queue(Map.of());

        AMQP.Queue.DeclareOk told = (AMQP.Queue.DeclareOk) clients.helper()
                .rpc(new AMQP.Queue.Declare.Builder()
                        .queue(queue)
                        .passive(true)
                        .durable(true)
                        .arguments(Map.of("x-max-length", 3))
                        .build())
                .getMethod();

        assertThat(told.getQueue()).isEqualTo(queue);
    }

    @Test
    void aDeclareWithoutAnswerDeclares() throws Exception {
        String queue = fresh("q");
        Channel channel = clients.channel();

        channel.queueDeclareNoWait(queue, false, true, false, Map.of());

        assertThat(channel.queueDeclarePassive(queue).getQueue()).isEqualTo(queue);
    }

    @Test
    void anExclusiveQueueIsLockedForOtherConnections() throws Exception {
        Connection owner = clients.connect();
        String queue = fresh("q");
        Channel own = owner.createChannel();
        own.queueDeclare(queue, false, true, false, Map.of());
        String locked = locked(queue);

        assertRefused(405, locked, channel -> channel.queueDeclare(queue, false, true, false, Map.of()));
        assertRefused(405, locked, channel -> channel.queueDeclare(queue, false, false, false, Map.of()));
        assertRefused(405, locked, channel -> channel.queueDeclarePassive(queue));
        assertRefused(405, locked, channel -> Inbox.of(channel, queue));
        assertRefused(405, locked, channel -> channel.basicGet(queue, true));
        assertRefused(405, locked, channel -> channel.queueBind(queue, "amq.direct", "k"));
        assertRefused(405, locked, channel -> channel.queuePurge(queue));
        assertRefused(405, locked, channel -> channel.queueDelete(queue));
        clients.publish(queue, "anyone may publish");
        assertThat(owner.createChannel().basicGet(queue, true)).isNotNull();
    }

    private static String locked(String queue) {
        return "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '" + queue + "' in vhost '/'. It could"
                + " be originally declared on another connection or the exclusive property value does not match that of"
                + " the original declaration.";
    }

    @Test
    void aSharedQueueDoesNotBecomeExclusive() throws Exception {
        String queue = clients.queue(Map.of());

        assertRefused(405, locked(queue), channel -> channel.queueDeclare(queue, false, true, false, Map.of()));
    }

    @Test
    void anExclusiveQueueGoesWithItsConnection() throws Exception {
        Connection owner = clients.connect();
        String queue = fresh("q");
        Channel channel = owner.createChannel();
        channel.queueDeclare(queue, true, true, false, Map.of());
        channel.close();
        assertThat(owner.createChannel().queueDeclarePassive(queue)).isNotNull();

        owner.close();

        AmqpClients.await(() -> Closed.by(clients.connect(), asking -> {
                    asking.queueDeclarePassive(queue);
                    asking.queueDeclarePassive("missing-q"); // the connection lives: the queue may still go
                })
                .text()
                .contains(queue));
    }

    @Test
    void anAutoDeleteQueueGoesWithItsLastConsumer() throws Exception {
        String queue = fresh("q");
        Channel channel = clients.channel();
        channel.queueDeclare(queue, false, false, true, Map.of());
        assertThat(clients.ready(queue)).as("never had a consumer").isZero();
        Channel second = clients.channel();
        String one = channel.basicConsume(queue, (tag, message) -> {}, tag -> {});
        second.basicConsume(queue, (tag, message) -> {}, tag -> {});

        channel.basicCancel(one);
        assertThat(clients.ready(queue)).isZero();
        second.close();

        AmqpClients.await(() -> isMissing(queue));
        assertMissing(queue);
    }

    private boolean isMissing(String queue) throws Exception {
        Closed closed = Closed.by(clients.helper().getConnection(), channel -> {
            channel.queueDeclarePassive(queue);
            channel.queueDeclarePassive("missing-q");
        });
        return closed.text().contains("'" + queue + "'");
    }

    @Test
    void anUnusedQueueExpires() throws Exception {
        String queue = clients.queue(Map.of("x-expires", 300));
        clients.publish(queue, "goes with it");

        // asking by declare would be a use: an unroutable publish asks without one
        Channel channel = clients.confirming();
        var unroutable = new AtomicBoolean();
        channel.addReturnListener(returned -> unroutable.set(true));
        AmqpClients.await(() -> {
            channel.basicPublish("", queue, true, PLAIN, new byte[0]);
            channel.waitForConfirmsOrDie(AmqpClients.LIMIT.toMillis());
            return unroutable.get();
        });

        assertMissing(queue);
    }

    @Test
    void aConsumerKeepsAQueueFromExpiring() throws Exception {
        String queue = clients.queue(Map.of("x-expires", 1_000));
        String clock = clients.queue(Map.of("x-expires", 2_500));
        Channel channel = clients.channel();
        Inbox inbox = Inbox.of(channel, queue);

        Channel asking = clients.confirming();
        var gone = new AtomicBoolean();
        asking.addReturnListener(returned -> gone.set(true));
        AmqpClients.await(() -> {
            asking.basicPublish("", clock, true, PLAIN, new byte[0]);
            asking.waitForConfirmsOrDie(AmqpClients.LIMIT.toMillis());
            return gone.get();
        });

        clients.publish(queue, "still there");
        assertThat(inbox.next(1)).containsExactly("still there");
    }

    @Test
    void aQueueWithMessagesIsNotDeletedIfEmpty() throws Exception {
        String queue = clients.queue(Map.of());
        clients.publish(queue, "one", "two", "three");

        assertRefused(
                406,
                "PRECONDITION_FAILED - queue '" + queue + "' in vhost '/' not empty",
                channel -> channel.queueDelete(queue, false, true));
        assertThat(clients.helper().queueDelete(queue).getMessageCount()).isEqualTo(3);
        assertMissing(queue);
    }

    @Test
    void aQueueWithConsumersIsNotDeletedIfUnused() throws Exception {
        String queue = clients.queue(Map.of());
        Inbox.of(clients.channel(), queue);

        assertRefused(
                406,
                "PRECONDITION_FAILED - queue '" + queue + "' in vhost '/' in use",
                channel -> channel.queueDelete(queue, true, false));
    }

    @Test
    void purgeRemovesWhatIsReadyAndNotWhatIsUnacknowledged() throws Exception {
        String queue = clients.queue(Map.of());
        clients.publish(queue, "one", "two", "three");
        Channel channel = clients.channel();
        long tag = AmqpClients.take(channel, queue, false).getEnvelope().getDeliveryTag();

        assertThat(channel.queuePurge(queue).getMessageCount()).isEqualTo(2);
        channel.basicNack(tag, false, true);

        clients.awaitReady(queue, 1);
        assertThat(clients.drain(queue)).containsExactly("one");
    }

    @Test
    void aDeletedQueueIsUnboundEverywhere() throws Exception {
        String exchange = clients.exchange("direct", Map.of());
        String queue = clients.boundQueue(exchange, "k");
        clients.helper().queueDelete(queue);
        clients.helper().queueDeclare(queue, false, false, false, Map.of());

        clients.publish(exchange, "k", PLAIN, "m");

        assertThat(clients.ready(queue)).isZero();
    }

    @Test
    void aNameMayHave255Bytes() throws Exception {
        Channel channel = clients.channel();
        String name = "n".repeat(247) + fresh("");

        assertThat(channel.queueDeclare(name.substring(0, 255), false, true, false, Map.of())
                        .getQueue())
                .hasSize(255);
    }

    @Test
    void namesMayHoldAnyUnicode() throws Exception {
        Channel channel = clients.channel();
        String name = fresh("Grüße 水 👋 'quoted'");
        channel.queueDeclare(name, false, true, false, Map.of());

        clients.publish(name, "m");

        assertThat(AmqpClients.take(channel, name, true).getEnvelope().getRoutingKey())
                .isEqualTo(name);
    }
}
