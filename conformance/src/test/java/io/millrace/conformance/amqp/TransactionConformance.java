package io.millrace.conformance.amqp;

import static io.millrace.conformance.amqp.AmqpClients.PLAIN;
import static io.millrace.conformance.amqp.AmqpClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The `tx` class: publishes and acknowledgements that count together.
@ExtendWith(SharedAmqp.class)
final class TransactionConformance {
    private final AmqpClients clients;

    TransactionConformance(AmqpClients clients) {
        this.clients = clients;
    }

    private Channel transactional() throws Exception {
        Channel channel = clients.channel();
        channel.txSelect();
        return channel;
    }

    @Test
    void publishesAreSeenAfterTheCommit() throws Exception {
        String one = clients.queue(Map.of());
        String two = clients.queue(Map.of());
        Channel channel = transactional();

        channel.basicPublish("", one, PLAIN, bytes("a"));
        channel.basicPublish("", two, PLAIN, bytes("b"));
        channel.queueDeclarePassive(one); // both publishes were handled
        assertThat(clients.ready(one) + clients.ready(two)).isZero();
        channel.txCommit();

        clients.awaitReady(one, 1);
        clients.awaitReady(two, 1);
        assertThat(clients.drain(one)).containsExactly("a");
        assertThat(clients.drain(two)).containsExactly("b");
    }

    @Test
    void publishesThatWereRolledBackNeverWere() throws Exception {
        String queue = clients.queue(Map.of());
        Channel channel = transactional();

        channel.basicPublish("", queue, PLAIN, bytes("undone"));
        channel.txRollback();
        channel.basicPublish("", queue, PLAIN, bytes("done"));
        channel.txCommit();

        clients.awaitReady(queue, 1);
        assertThat(clients.drain(queue)).containsExactly("done");
    }

    @Test
    void acknowledgementsCountAfterTheCommit() throws Exception {
        String queue = clients.queue(Map.of());
        clients.publish(queue, "kept", "acknowledged");
        Channel channel = transactional();
        AmqpClients.take(channel, queue, false);
        long second = AmqpClients.take(channel, queue, false).getEnvelope().getDeliveryTag();

        channel.basicAck(second, false);
        channel.txCommit();
        channel.close();

        clients.awaitReady(queue, 1);
        assertThat(clients.drain(queue)).containsExactly("kept");
    }

    @Test
    void acknowledgementsThatWereRolledBackCanBeGivenAgain() throws Exception {
        String queue = clients.queue(Map.of());
        clients.publish(queue, "m");
        Channel channel = transactional();
        long tag = AmqpClients.take(channel, queue, false).getEnvelope().getDeliveryTag();

        channel.basicAck(tag, false);
        channel.txRollback();
        channel.basicAck(tag, false);
        channel.txCommit();
        channel.close();

        assertThat(clients.ready(queue)).isZero();
    }

    @Test
    void anUncommittedAcknowledgementGoesWithItsChannel() throws Exception {
        String queue = clients.queue(Map.of());
        clients.publish(queue, "m");
        Channel channel = transactional();
        long tag = AmqpClients.take(channel, queue, false).getEnvelope().getDeliveryTag();

        channel.basicAck(tag, false);
        channel.close();

        clients.awaitReady(queue, 1);
    }

    @Test
    void aRequeueWaitsForTheCommit() throws Exception {
        String queue = clients.queue(Map.of());
        clients.publish(queue, "m");
        Channel channel = transactional();
        long tag = AmqpClients.take(channel, queue, false).getEnvelope().getDeliveryTag();

        channel.basicNack(tag, false, true);
        channel.queueDeclarePassive(queue);
        assertThat(clients.ready(queue)).isZero();
        channel.txCommit();

        clients.awaitReady(queue, 1);
    }

    @Test
    void whatCannotBeRoutedIsReturnedAtTheCommit() throws Exception {
        Channel channel = transactional();
        List<String> returned = new ArrayList<>();
        channel.addReturnListener(back -> returned.add(back.getRoutingKey()));

        channel.basicPublish("", "nobody", true, PLAIN, bytes("m"));
        channel.queueDeclare();
        assertThat(returned).isEmpty();
        channel.txCommit();

        assertThat(returned).containsExactly("nobody"); // before commit-ok
    }

    @Test
    void aMissingExchangeClosesTheChannelAtOnce() throws Exception {
        Channel channel = transactional();

        assertThat(Closed.of(channel, () -> channel.basicPublish("missing-e", "k", PLAIN, new byte[0])))
                .isEqualTo(Closed.channel(404, "NOT_FOUND - no exchange 'missing-e' in vhost '/'"));
    }

    @Test
    void anUnknownTagClosesTheChannelAtOnce() throws Exception {
        Channel channel = transactional();

        assertThat(Closed.of(channel, () -> channel.basicAck(9, false)))
                .isEqualTo(Closed.channel(406, "PRECONDITION_FAILED - unknown delivery tag 9"));
    }

    @Test
    void aChannelIsTransactionalOrConfirmingOrNeither() throws Exception {
        String not = "PRECONDITION_FAILED - channel is not transactional";

        assertThat(Closed.by(clients.connect(), Channel::txCommit)).isEqualTo(Closed.channel(406, not));
        assertThat(Closed.by(clients.connect(), Channel::txRollback)).isEqualTo(Closed.channel(406, not));
        assertThat(Closed.by(clients.connect(), channel -> {
                    channel.txSelect();
                    channel.confirmSelect();
                }))
                .isEqualTo(Closed.channel(406, "PRECONDITION_FAILED - cannot switch from tx to confirm mode"));
        assertThat(Closed.by(clients.connect(), channel -> {
                    channel.confirmSelect();
                    channel.txSelect();
                }))
                .isEqualTo(Closed.channel(406, "PRECONDITION_FAILED - cannot switch from confirm to tx mode"));
    }
}
