package io.millrace.conformance.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Acknowledging, rejecting and requeueing.
@ExtendWith(SharedAmqp.class)
final class AcknowledgeConformance {
    private final AmqpClients clients;

    AcknowledgeConformance(AmqpClients clients) {
        this.clients = clients;
    }

    private String filled(String... bodies) throws Exception {
        String queue = clients.queue(Map.of());
        clients.publish(queue, bodies);
        return queue;
    }

    private static List<Long> take(Channel channel, String queue, int count) {
        var tags = new ArrayList<Long>();
        for (int i = 0; i < count; i++) {
            tags.add(AmqpClients.take(channel, queue, false).getEnvelope().getDeliveryTag());
        }
        return tags;
    }

    /// Body and redelivered flag of the next ones.
    private static List<Tuple> next(Channel channel, String queue, int count) {
        var next = new ArrayList<Tuple>();
        for (int i = 0; i < count; i++) {
            GetResponse message = AmqpClients.take(channel, queue, false);
            next.add(tuple(
                    AmqpClients.text(message.getBody()), message.getEnvelope().isRedeliver()));
        }
        return next;
    }

    @Test
    void anAcknowledgedMessageIsGoneForGood() throws Exception {
        String queue = filled("a", "b");
        Channel channel = clients.channel();
        List<Long> tags = take(channel, queue, 2);

        channel.basicAck(tags.getFirst(), false);
        channel.close();

        clients.awaitReady(queue, 1);
        assertThat(clients.drain(queue)).containsExactly("b");
    }

    @Test
    void multipleMeansThisOneAndAllBefore() throws Exception {
        String queue = filled("a", "b", "c", "d");
        Channel channel = clients.channel();
        List<Long> tags = take(channel, queue, 4);

        channel.basicAck(tags.get(2), true);
        channel.close();

        clients.awaitReady(queue, 1);
        assertThat(clients.drain(queue)).containsExactly("d");
    }

    @Test
    void multipleWithZeroMeansAllAndMayMeanNone() throws Exception {
        String queue = filled("a", "b");
        Channel channel = clients.channel();
        channel.basicAck(0, true);
        take(channel, queue, 2);

        channel.basicAck(0, true);
        channel.close();

        assertThat(clients.ready(queue)).isZero();
    }

    @Test
    void aRequeuedMessageTakesItsOldPlaceAndIsMarked() throws Exception {
        String queue = filled("0", "1", "2", "3", "4");
        Channel channel = clients.channel();
        List<Long> tags = take(channel, queue, 3);

        channel.basicNack(tags.get(1), false, true);
        clients.awaitReady(queue, 3);

        assertThat(next(channel, queue, 3)).containsExactly(tuple("1", true), tuple("3", false), tuple("4", false));
    }

    @Test
    void manyRequeuedAtOnceKeepTheirOrder() throws Exception {
        String queue = filled("0", "1", "2", "3", "4");
        Channel channel = clients.channel();
        List<Long> tags = take(channel, queue, 4);

        channel.basicNack(tags.get(2), true, true);
        clients.awaitReady(queue, 4);

        assertThat(next(channel, queue, 4))
                .containsExactly(tuple("0", true), tuple("1", true), tuple("2", true), tuple("4", false));
    }

    @Test
    void recoverRequeuesEverythingOfTheChannel() throws Exception {
        String queue = filled("0", "1", "2");
        Channel channel = clients.channel();
        take(channel, queue, 2);

        channel.basicRecover(true);

        assertThat(next(channel, queue, 3)).containsExactly(tuple("0", true), tuple("1", true), tuple("2", false));
    }

    @Test
    void recoverCannotKeepMessagesFromOtherConsumers() throws Exception {
        assertThat(Closed.by(clients.connect(), channel -> channel.basicRecover(false)))
                .isEqualTo(Closed.connection(540, "NOT_IMPLEMENTED - requeue=false"));
    }

    @Test
    void aRejectedMessageIsRequeuedOrGone() throws Exception {
        String queue = filled("0", "1");
        Channel channel = clients.channel();
        List<Long> tags = take(channel, queue, 2);

        channel.basicReject(tags.get(0), true);
        channel.basicReject(tags.get(1), false);
        channel.close();

        clients.awaitReady(queue, 1);
        assertThat(clients.drain(queue)).containsExactly("0");
    }

    @Test
    void aClosedChannelGivesItsMessagesBack() throws Exception {
        String queue = filled("0", "1", "2");
        Channel channel = clients.channel();
        take(channel, queue, 2);

        channel.close();

        clients.awaitReady(queue, 3);
        assertThat(next(clients.channel(), queue, 3))
                .containsExactly(tuple("0", true), tuple("1", true), tuple("2", false));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anUnknownTagClosesTheChannel(boolean multiple) throws Exception {
        assertThat(Closed.by(clients.connect(), channel -> channel.basicAck(7, multiple)))
                .isEqualTo(unknown(7));
        assertThat(Closed.by(clients.connect(), channel -> channel.basicNack(7, multiple, true)))
                .isEqualTo(unknown(7));
    }

    @Test
    void zeroAloneIsNoTag() throws Exception {
        assertThat(Closed.by(clients.connect(), channel -> channel.basicAck(0, false)))
                .isEqualTo(unknown(0));
    }

    private static Closed unknown(long tag) {
        return Closed.channel(406, "PRECONDITION_FAILED - unknown delivery tag " + tag);
    }

    @Test
    void acknowledgingTwiceClosesTheChannelAndRequeuesTheRest() throws Exception {
        String queue = filled("0", "1");
        Channel channel = clients.channel();
        List<Long> tags = take(channel, queue, 2);

        Closed closed = Closed.of(channel, () -> {
            channel.basicAck(tags.get(0), false);
            channel.basicAck(tags.get(0), false);
        });

        assertThat(closed).isEqualTo(unknown(tags.get(0)));
        clients.awaitReady(queue, 1);
        assertThat(clients.drain(queue)).containsExactly("1");
    }

    @Test
    void aTagBelongsToItsChannel() throws Exception {
        String queue = filled("0");
        Channel channel = clients.channel();
        long tag = take(channel, queue, 1).getFirst();

        assertThat(Closed.by(channel.getConnection(), other -> other.basicAck(tag, false)))
                .isEqualTo(unknown(tag));
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void whatNeedsNoAcknowledgementHasNoTagToAcknowledge() throws Exception {
        String queue = filled("0");
        Channel channel = clients.channel();
        long tag = AmqpClients.take(channel, queue, true).getEnvelope().getDeliveryTag();

        assertThat(Closed.of(channel, () -> channel.basicAck(tag, false))).isEqualTo(unknown(tag));
    }
}
