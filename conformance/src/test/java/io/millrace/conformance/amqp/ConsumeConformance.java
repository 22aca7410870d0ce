package io.millrace.conformance.amqp;

import static io.millrace.conformance.amqp.AmqpClients.PLAIN;
import static io.millrace.conformance.amqp.AmqpClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Delivery;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Consumers: how much they are given, who is given what, and how they end.
@ExtendWith(SharedAmqp.class)
final class ConsumeConformance {
    private final AmqpClients clients;

    ConsumeConformance(AmqpClients clients) {
        this.clients = clients;
    }

    private String filled(int count) throws Exception {
        String queue = clients.queue(Map.of());
        fill(queue, 0, count);
        return queue;
    }

    private void fill(String queue, int from, int to) throws Exception {
        Channel channel = clients.helper();
        for (int i = from; i < to; i++) {
            channel.basicPublish("", queue, PLAIN, bytes("" + i));
        }
        channel.waitForConfirmsOrDie(AmqpClients.LIMIT.toMillis());
    }

    @Test
    void aDeliverySaysWhereItComesFrom() throws Exception {
        String queue = filled(1);
        Channel channel = clients.channel();
        Inbox inbox = Inbox.of(channel, queue);

        Delivery delivery = inbox.next();

        assertThat(delivery.getEnvelope().getDeliveryTag()).isEqualTo(1);
        assertThat(delivery.getEnvelope().isRedeliver()).isFalse();
        assertThat(delivery.getEnvelope().getExchange()).isEmpty();
        assertThat(delivery.getEnvelope().getRoutingKey()).isEqualTo(queue);
        assertThat(inbox.getConsumerTag()).matches("amq\\.ctag-[A-Za-z0-9_-]{22}");
    }

    @Test
    void prefetchBoundsEachConsumerOfTheChannel() throws Exception {
        String queue = filled(10);
        Channel channel = clients.channel();
        channel.basicQos(2);
        Inbox one = Inbox.of(channel, queue);
        channel.basicQos(3); // for consumers from here on
        Inbox two = Inbox.of(channel, queue);

        one.next(2);
        two.next(3);

        assertThat(clients.ready(queue)).isEqualTo(5);
        assertThat(one.size() + two.size()).isZero();
    }

    @Test
    void globalPrefetchBoundsTheChannelAsAWhole() throws Exception {
        String queue = filled(10);
        Channel channel = clients.channel();
        channel.basicQos(3, true);
        Inbox one = Inbox.of(channel, queue);
        Inbox two = Inbox.of(channel, queue);

        AmqpClients.await(() -> one.size() + two.size() == 3);
        assertThat(clients.ready(queue)).isEqualTo(7);
        channel.basicAck(0, true); // zero: all so far
        AmqpClients.await(() -> one.size() + two.size() == 6);

        assertThat(clients.ready(queue)).isEqualTo(4);
    }

    @Test
    void bothPrefetchesHoldAtOnce() throws Exception {
        String queue = filled(10);
        Channel channel = clients.channel();
        channel.basicQos(2);
        channel.basicQos(3, true);
        Inbox one = Inbox.of(channel, queue);
        Inbox two = Inbox.of(channel, queue);

        AmqpClients.await(() -> one.size() + two.size() == 3);

        assertThat(one.size()).isLessThanOrEqualTo(2);
        assertThat(two.size()).isLessThanOrEqualTo(2);
        assertThat(clients.ready(queue)).isEqualTo(7);
    }

    @Test
    void anAcknowledgementMakesRoomForTheNext() throws Exception {
        String queue = filled(3);
        Channel channel = clients.channel();
        channel.basicQos(1);
        Inbox inbox = Inbox.of(channel, queue);

        for (String expected : List.of("0", "1", "2")) {
            Delivery delivery = inbox.next();
            assertThat(AmqpClients.text(delivery.getBody())).isEqualTo(expected);
            assertThat(inbox.size()).isZero();
            channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        }
    }

    @Test
    void prefetchDoesNotBoundAConsumerThatNeverAcknowledges() throws Exception {
        String queue = filled(100);
        Channel channel = clients.channel();
        channel.basicQos(1);

        Inbox inbox = Inbox.of(channel, queue, true, Map.of());

        assertThat(inbox.next(100)).hasSize(100);
        assertThat(clients.ready(queue)).isZero();
    }

    @Test
    void aPrefetchInBytesIsNotImplemented() throws Exception {
        assertThat(Closed.by(clients.connect(), channel -> channel.basicQos(10, 1, false)))
                .isEqualTo(Closed.connection(540, "NOT_IMPLEMENTED - prefetch_size!=0 (10)"));
    }

    @Test
    void consumersTakeTurns() throws Exception {
        String queue = clients.queue(Map.of());
        Inbox one = Inbox.of(clients.channel(), queue, true, Map.of());
        Inbox two = Inbox.of(clients.channel(), queue, true, Map.of());

        for (int i = 0; i < 10; i++) {
            fill(queue, i, i + 1);
        }
        AmqpClients.await(() -> one.size() + two.size() == 10);

        assertThat(one.size()).isEqualTo(5);
    }

    @Test
    void aConsumerOfHigherPriorityComesFirstWhileItHasRoom() throws Exception {
        String queue = clients.queue(Map.of());
        Channel low = clients.channel();
        Channel high = clients.channel();
        high.basicQos(2);
        Inbox lower = Inbox.of(low, queue);
        Inbox higher = Inbox.of(high, queue, false, Map.of("x-priority", 5));

        fill(queue, 0, 3);

        assertThat(higher.next(2)).containsExactly("0", "1");
        assertThat(lower.next(1)).containsExactly("2");
        high.basicAck(0, true);
        high.queueDeclarePassive(queue); // the acknowledgement was handled
        fill(queue, 3, 4);
        assertThat(higher.next(1)).containsExactly("3");
    }

    @Test
    void aConsumerPriorityIsANumber() throws Exception {
        String queue = clients.queue(Map.of());

        assertThat(Closed.by(
                        clients.connect(), channel -> Inbox.of(channel, queue, false, Map.of("x-priority", "high"))))
                .isEqualTo(Closed.channel(
                        406,
                        "PRECONDITION_FAILED - invalid arg 'x-priority' for queue '" + queue
                                + "' in vhost '/': \"expected integer, got longstr\""));
    }

    @Test
    void anExclusiveConsumerIsAlone() throws Exception {
        String queue = clients.queue(Map.of());
        Channel channel = clients.channel();
        String tag = channel.basicConsume(queue, false, "", false, true, Map.of(), new DefaultConsumer(channel));
        Closed inUse = Closed.channel(403, "ACCESS_REFUSED - queue '" + queue + "' in vhost '/' in exclusive use");

        assertThat(Closed.by(clients.connect(), other -> Inbox.of(other, queue)))
                .isEqualTo(inUse);
        assertThat(Closed.by(clients.connect(), other -> consumeExclusively(other, queue)))
                .isEqualTo(inUse);
        channel.basicCancel(tag);
        Inbox.of(channel, queue);
        assertThat(Closed.by(clients.connect(), other -> consumeExclusively(other, queue)))
                .isEqualTo(inUse);
    }

    private static void consumeExclusively(Channel channel, String queue) throws Exception {
        channel.basicConsume(queue, false, "", false, true, Map.of(), new DefaultConsumer(channel));
    }

    @Test
    void aSingleActiveConsumerIsFollowedByTheNext() throws Exception {
        String queue = clients.queue(Map.of("x-single-active-consumer", true));
        Channel first = clients.channel();
        Channel second = clients.channel();
        Inbox one = Inbox.of(first, queue);
        Inbox two = Inbox.of(second, queue);

        fill(queue, 0, 3);
        assertThat(one.next(3)).containsExactly("0", "1", "2");
        first.basicAck(1, false);
        assertThat(two.size()).isZero();
        first.close();

        Delivery again = two.next();
        assertThat(AmqpClients.text(again.getBody())).isEqualTo("1");
        assertThat(again.getEnvelope().isRedeliver()).isTrue();
        assertThat(two.next(1)).containsExactly("2");
    }

    @Test
    void aConsumerIsToldWhenItsQueueIsDeleted() throws Exception {
        String queue = clients.queue(Map.of());
        Channel channel = clients.channel();
        Inbox inbox = Inbox.of(channel, queue);

        clients.helper().queueDelete(queue);

        assertThat(inbox.cancelled()).isEqualTo(inbox.getConsumerTag());
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void aCancelledConsumerGetsNothingMoreAndMayStillAcknowledge() throws Exception {
        String queue = filled(1);
        Channel channel = clients.channel();
        Inbox inbox = Inbox.of(channel, queue);
        long tag = inbox.next().getEnvelope().getDeliveryTag();

        channel.basicCancel(inbox.getConsumerTag());
        fill(queue, 1, 2);

        assertThat(clients.ready(queue)).isEqualTo(1);
        assertThat(inbox.size()).isZero();
        channel.basicAck(tag, false);
        assertThat(channel.queueDelete(queue).getMessageCount()).isEqualTo(1);
    }

    @Test
    void theServerKeepsTagsApartOfTwoChannels() throws Exception {
        String queue = clients.queue(Map.of());
        Connection connection = clients.connect();
        Channel one = connection.createChannel();
        Channel two = connection.createChannel();

        var tags = new HashSet<String>();
        for (Channel channel : List.of(one, two)) {
            tags.add(channel.basicConsume(queue, false, "same", new DefaultConsumer(channel)));
        }

        assertThat(tags).containsExactly("same");
        assertThat(clients.helper().consumerCount(queue)).isEqualTo(2);
    }

    @Test
    void aGetTellsHowManyAreLeftOrThatThereIsNone() throws Exception {
        String queue = filled(2);
        Channel channel = clients.channel();

        assertThat(channel.basicGet(queue, true).getMessageCount()).isEqualTo(1);
        assertThat(channel.basicGet(queue, true).getMessageCount()).isZero();
        assertThat(channel.basicGet(queue, true)).isNull();
    }

    @Test
    void messagesOfAClosedConnectionComeBackToTheOthers() throws Exception {
        String queue = filled(3);
        Connection dying = clients.connect();
        Inbox.of(dying.createChannel(), queue).next(3);
        Inbox inbox = Inbox.of(clients.channel(), queue);

        dying.abort();

        for (String expected : List.of("0", "1", "2")) {
            Delivery delivery = inbox.next();
            assertThat(AmqpClients.text(delivery.getBody())).isEqualTo(expected);
            assertThat(delivery.getEnvelope().isRedeliver()).isTrue();
        }
    }
}
