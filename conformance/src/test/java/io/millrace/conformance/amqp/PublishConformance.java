package io.millrace.conformance.amqp;

import static io.millrace.conformance.amqp.AmqpClients.PERSISTENT;
import static io.millrace.conformance.amqp.AmqpClients.PLAIN;
import static io.millrace.conformance.amqp.AmqpClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmListener;
import com.rabbitmq.client.Return;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Publishing: confirms, returns, refusals.
@ExtendWith(SharedAmqp.class)
final class PublishConformance {
    private final AmqpClients clients;

    PublishConformance(AmqpClients clients) {
        this.clients = clients;
    }

    private static AMQP.BasicProperties.Builder properties() {
        return new AMQP.BasicProperties.Builder();
    }

    /// What a channel is told of its messages; the client's thread writes, in the order of arrival.
    private static final class Told implements ConfirmListener {
        private final List<String> events = new ArrayList<>();
        private final SortedSet<Long> open = new TreeSet<>();
        private final CountDownLatch done;

        Told(Channel channel, int messages) {
            for (long tag = 1; tag <= messages; tag++) {
                open.add(tag);
            }
            done = new CountDownLatch(messages);
            channel.addConfirmListener(this);
            channel.addReturnListener(returned -> add("return " + returned.getReplyCode() + " "
                    + returned.getReplyText() + " " + returned.getRoutingKey() + " "
                    + AmqpClients.text(returned.getBody())));
        }

        @Override
        public void handleAck(long tag, boolean multiple) {
            settle("ack", tag, multiple);
        }

        @Override
        public void handleNack(long tag, boolean multiple) {
            settle("nack", tag, multiple);
        }

        private synchronized void settle(String how, long tag, boolean multiple) {
            List<Long> settled =
                    multiple ? List.copyOf(open.headSet(tag + 1)) : open.contains(tag) ? List.of(tag) : List.<Long>of();
            assertThat(settled).as("tags that %s %s settles", how, tag).isNotEmpty();
            for (long each : settled) {
                events.add(how + " " + each);
                open.remove(each);
                done.countDown();
            }
        }

        private synchronized void add(String event) {
            events.add(event);
        }

        List<String> events() throws InterruptedException {
            assertThat(done.await(AmqpClients.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .as("all settled")
                    .isTrue();
            synchronized (this) {
                return List.copyOf(events);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyMessageIsConfirmedOnce(boolean durable) throws Exception {
        String queue = clients.queue(durable, Map.of());
        Channel channel = clients.confirming();
        var told = new Told(channel, 1000);

        for (int i = 0; i < 1000; i++) {
            channel.basicPublish("", queue, durable ? PERSISTENT : PLAIN, bytes("" + i));
        }

        assertThat(told.events()).hasSize(1000).allMatch(event -> event.startsWith("ack "));
        assertThat(clients.ready(queue)).isEqualTo(1000);
    }

    @Test
    void confirmsCountFromOneOnEachChannel() throws Exception {
        String queue = clients.queue(Map.of());
        Channel channel = clients.channel();
        channel.basicPublish("", queue, PLAIN, bytes("before"));
        channel.confirmSelect();
        channel.confirmSelect(); // again: no matter
        var told = new Told(channel, 1);

        assertThat(channel.getNextPublishSeqNo()).isEqualTo(1);
        channel.basicPublish("", queue, PLAIN, bytes("after"));

        assertThat(told.events()).containsExactly("ack 1");
    }

    @Test
    void anUnroutableMandatoryMessageIsReturnedBeforeItsConfirm() throws Exception {
        Channel channel = clients.confirming();
        var told = new Told(channel, 3);

        channel.basicPublish("", "nobody-1", true, PLAIN, bytes("a"));
        channel.basicPublish("", "nobody-2", false, PLAIN, bytes("b"));
        channel.basicPublish("amq.fanout", "nobody-3", true, PLAIN, bytes(""));

        assertThat(told.events())
                .containsExactly(
                        "return 312 NO_ROUTE nobody-1 a", "ack 1", "ack 2", "return 312 NO_ROUTE nobody-3 ", "ack 3");
    }

    @Test
    void aReturnedMessageIsComplete() throws Exception {
        Channel channel = clients.confirming();
        var returned = new CompletableFuture<Return>();
        channel.addReturnListener(returned::complete);
        AMQP.BasicProperties sent = properties()
                .headers(Map.of("own", 1))
                .messageId("id")
                .deliveryMode(2)
                .build();

        channel.basicPublish("amq.direct", "nobody", true, sent, new byte[200_000]);

        Return back = returned.get(20, TimeUnit.SECONDS);
        assertThat(back.getExchange()).isEqualTo("amq.direct");
        assertThat(back.getProperties()).isEqualTo(sent);
        assertThat(back.getBody()).hasSize(200_000);
    }

    @Test
    void publishingToAMissingExchangeClosesTheChannel() throws Exception {
        Channel channel = clients.confirming();

        Closed closed = Closed.of(channel, () -> channel.basicPublish("missing-e", "k", PLAIN, new byte[0]));

        assertThat(closed).isEqualTo(Closed.channel(404, "NOT_FOUND - no exchange 'missing-e' in vhost '/'"));
        assertThat(channel.getConnection().isOpen()).isTrue();
    }

    @Test
    void immediateEndsTheConnection() throws Exception {
        Closed closed =
                Closed.by(clients.connect(), channel -> channel.basicPublish("", "q", false, true, PLAIN, new byte[0]));

        assertThat(closed).isEqualTo(Closed.connection(540, "NOT_IMPLEMENTED - immediate=true"));
    }

    @Test
    void aFullQueueThatRejectsIsConfirmedNegatively() throws Exception {
        String queue = clients.queue(Map.of("x-max-length", 2, "x-overflow", "reject-publish"));
        Channel channel = clients.confirming();
        var told = new Told(channel, 4);

        for (String body : List.of("a", "b", "c", "d")) {
            channel.basicPublish("", queue, PLAIN, bytes(body));
        }

        assertThat(told.events()).containsExactlyInAnyOrder("ack 1", "ack 2", "nack 3", "nack 4");
        assertThat(clients.drain(queue)).containsExactly("a", "b");
    }

    @Test
    void oneRejectingQueueAmongSeveralIsANack() throws Exception {
        String exchange = clients.exchange("fanout", Map.of());
        String open = clients.boundQueue(exchange, "");
        String full = clients.queue(Map.of("x-max-length", 0, "x-overflow", "reject-publish"));
        clients.helper().queueBind(full, exchange, "");
        Channel channel = clients.confirming();
        var told = new Told(channel, 1);

        channel.basicPublish(exchange, "", PLAIN, bytes("m"));

        assertThat(told.events()).containsExactly("nack 1");
        assertThat(clients.drain(open)).containsExactly("m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "", " 5"})
    void anExpirationMustBeANumber(String expiration) throws Exception {
        assertRefusedExpiration(expiration, "no_integer");
    }

    @Test
    void anExpirationIsNothingButANumber() throws Exception {
        assertRefusedExpiration("1.5", "{leftover_string,\".5\"}");
    }

    @Test
    void anExpirationIsNotNegative() throws Exception {
        assertRefusedExpiration("-1", "{value_negative,-1}");
        assertRefusedExpiration("315360000001", "{value_too_large,315360000001}");
    }

    private void assertRefusedExpiration(String expiration, String why) throws Exception {
        Closed closed = Closed.by(
                clients.connect(),
                channel -> channel.basicPublish(
                        "", "anywhere", properties().expiration(expiration).build(), new byte[0]));

        assertThat(closed)
                .isEqualTo(
                        Closed.channel(406, "PRECONDITION_FAILED - invalid expiration '" + expiration + "': " + why));
    }

    @Test
    void aUserIdMustBeTheLogin() throws Exception {
        String queue = clients.queue(Map.of());
        clients.publish("", queue, properties().userId("guest").build(), "m");

        assertThat(clients.take(queue).getProps().getUserId()).isEqualTo("guest");
        assertThat(Closed.by(
                        clients.connect(),
                        channel -> channel.basicPublish(
                                "", queue, properties().userId("bob").build(), new byte[0])))
                .isEqualTo(Closed.channel(
                        406, "PRECONDITION_FAILED - user_id property set to 'bob' but authenticated user was 'guest'"));
    }

    @Test
    void messagesOfOneChannelStayInOrder() throws Exception {
        String queue = clients.queue(Map.of());
        Channel channel = clients.channel();
        Inbox inbox = Inbox.of(clients.channel(), queue, true, Map.of());
        var sent = new ArrayList<String>();

        for (int i = 0; i < 5000; i++) {
            sent.add("" + i);
            channel.basicPublish("", queue, PLAIN, bytes("" + i));
        }

        assertThat(inbox.next(5000)).isEqualTo(sent);
    }
}
