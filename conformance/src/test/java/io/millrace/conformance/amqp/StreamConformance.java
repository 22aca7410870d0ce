package io.millrace.conformance.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Streams: many read one log, each from its own place.
@ExtendWith(SharedAmqp.class)
final class StreamConformance {
    private static final String OFFSET = "x-stream-offset";

    private final AmqpClients clients;

    StreamConformance(AmqpClients clients) {
        this.clients = clients;
    }

    private String stream(String... bodies) throws Exception {
        String stream = clients.queue(true, Map.of("x-queue-type", "stream"));
        for (String body : bodies) {
            clients.publish("", stream, AmqpClients.PERSISTENT, body);
        }
        return stream;
    }

    private Channel reading(int prefetch) throws Exception {
        Channel channel = clients.channel();
        channel.basicQos(prefetch);
        return channel;
    }

    private Inbox from(String stream, Object offset) throws Exception {
        return Inbox.of(reading(100), stream, false, Map.of(OFFSET, offset));
    }

    private static long offset(Delivery delivery) {
        return (long) delivery.getProperties().getHeaders().get(OFFSET);
    }

    @Test
    void everyConsumerReadsAllOfIt() throws Exception {
        String stream = stream("a", "b", "c");

        assertThat(from(stream, "first").next(3)).containsExactly("a", "b", "c");
        assertThat(from(stream, "first").next(3)).containsExactly("a", "b", "c");
    }

    @Test
    void anOffsetIsAPlace() throws Exception {
        String stream = stream("a", "b", "c");

        assertThat(from(stream, 1).next(2)).containsExactly("b", "c");
        assertThat(from(stream, 1L).next(2)).containsExactly("b", "c");
    }

    @Test
    void deliveriesSayTheirPlace() throws Exception {
        String stream = stream("a", "b", "c");
        Inbox inbox = from(stream, "first");

        assertThat(List.of(offset(inbox.next()), offset(inbox.next()), offset(inbox.next())))
                .containsExactly(0L, 1L, 2L);
    }

    @Test
    void nextIsWhatComesFromNowOn() throws Exception {
        String stream = stream("old");
        Inbox next = from(stream, "next");
        Inbox byDefault = Inbox.of(reading(1), stream);

        clients.publish("", stream, AmqpClients.PERSISTENT, "new");

        assertThat(next.next(1)).containsExactly("new");
        assertThat(byDefault.next(1)).containsExactly("new");
    }

    @Test
    void lastIsWhatCameLast() throws Exception {
        String stream = stream("a", "b", "c");

        assertThat(from(stream, "last").next(1)).containsExactly("c");
    }

    @Test
    void aTimeOrAnAgeIsAPlace() throws Exception {
        String stream = stream("a", "b");

        assertThat(from(stream, Date.from(Instant.now().minus(Duration.ofHours(1))))
                        .next(2))
                .containsExactly("a", "b");
        assertThat(from(stream, "1h").next(2)).containsExactly("a", "b");
    }

    @Test
    void aTimeToComeIsTheEnd() throws Exception {
        String stream = stream("a");
        Inbox inbox = from(stream, Date.from(Instant.now().plus(Duration.ofHours(1))));

        clients.publish("", stream, AmqpClients.PERSISTENT, "b");

        assertThat(inbox.next(1)).containsExactly("b");
    }

    @Test
    void onlyAcknowledgedDeliveriesMakeRoomForOthers() throws Exception {
        String stream = stream("a", "b", "c", "d");
        Channel channel = reading(2);
        Inbox inbox = Inbox.of(channel, stream, false, Map.of(OFFSET, "first"));
        assertThat(inbox.next(2)).containsExactly("a", "b");

        channel.basicAck(1, false);
        assertThat(inbox.next(1)).containsExactly("c");
        channel.basicAck(3, true);

        assertThat(inbox.next(1)).containsExactly("d");
        assertThat(inbox.size()).isZero();
    }

    @Test
    void whatIsRejectedMakesRoomTooAndDoesNotComeBack() throws Exception {
        assumeFalse(AmqpBroker.isRabbitMq(), "up to 3.13 it closes the connection; later ones are as we are");
        String stream = stream("a", "b", "c", "d");
        Channel channel = reading(1);
        Inbox inbox = Inbox.of(channel, stream, false, Map.of(OFFSET, "first"));

        assertThat(inbox.next(1)).containsExactly("a");
        channel.basicNack(1, false, true);
        assertThat(inbox.next(1)).containsExactly("b");
        channel.basicReject(2, true);
        assertThat(inbox.next(1)).containsExactly("c");
        channel.basicRecover(true);
        assertThat(inbox.next(1)).containsExactly("d");
    }

    @Test
    void propertiesAndHeadersArrive() throws Exception {
        String stream = stream();
        AMQP.BasicProperties sent = AmqpClients.PERSISTENT
                .builder()
                .contentType("text/plain")
                .correlationId("c")
                .headers(Map.of("n", 1L, "s", "text"))
                .build();
        clients.publish("", stream, sent, "m");

        AMQP.BasicProperties got = from(stream, "first").next().getProperties();

        assertThat(got.getContentType()).isEqualTo("text/plain");
        assertThat(got.getCorrelationId()).isEqualTo("c");
        assertThat(Plain.of(got.getHeaders())).isEqualTo(Map.of("n", 1L, "s", "text", OFFSET, 0L));
    }

    @Test
    void aHundredConsumersAtOtherPlacesEach() throws Exception {
        String stream = stream();
        Channel publishing = clients.confirming();
        for (int i = 0; i < 1_000; i++) {
            publishing.basicPublish("", stream, AmqpClients.PERSISTENT, AmqpClients.bytes("m" + i));
        }
        publishing.waitForConfirmsOrDie(AmqpClients.LIMIT.toMillis());
        List<Inbox> inboxes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            inboxes.add(Inbox.of(reading(100), stream, false, Map.of(OFFSET, 9 * i)));
        }

        for (int i = 0; i < 100; i++) {
            List<String> wanted =
                    IntStream.range(9 * i, 9 * i + 100).mapToObj(n -> "m" + n).toList();
            assertThat(inboxes.get(i).next(100)).isEqualTo(wanted);
        }
    }

    @Test
    void aConsumerThatDoesNotAcknowledgeHoldsUpNobody() throws Exception {
        String stream = stream("a", "b", "c");
        Inbox stuck = Inbox.of(reading(1), stream, false, Map.of(OFFSET, "first"));
        assertThat(stuck.next(1)).containsExactly("a");

        assertThat(from(stream, "first").next(3)).containsExactly("a", "b", "c");
        assertThat(stuck.size()).isZero();
    }

    @Test
    void consumersHearThatTheirStreamWasDeleted() throws Exception {
        String stream = stream("a");
        Channel channel = reading(10);
        Inbox inbox = Inbox.of(channel, stream, false, Map.of(OFFSET, "first"));
        inbox.next();

        clients.helper().queueDelete(stream);

        assertThat(inbox.cancelled()).isNotEmpty();
    }

    @Test
    void aCancelledConsumerGetsNothingMore() throws Exception {
        String stream = stream("a");
        Channel channel = reading(10);
        Inbox inbox = Inbox.of(channel, stream, false, Map.of(OFFSET, "first"));
        inbox.next();
        channel.basicCancel(inbox.getConsumerTag());

        clients.publish("", stream, AmqpClients.PERSISTENT, "b");

        assertThat(from(stream, 1).next(1)).containsExactly("b");
        assertThat(inbox.size()).isZero();
    }

    @Test
    void itsMessagesAreCounted() throws Exception {
        String stream = stream("a", "b");

        clients.awaitReady(stream, 2);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    get,    true,  540, NOT_IMPLEMENTED - basic.get not supported by stream queues queue '%s' in vhost '/'
                    purge,  true,  540, NOT_IMPLEMENTED - queue.purge not supported by stream queues queue '%s' in vhost '/'
                    no-ack, true,  540, NOT_IMPLEMENTED - automatic acknowledgement not supported by stream queues queue '%s' in vhost '/'
                    no-qos, false, 406, PRECONDITION_FAILED - consumer prefetch count is not set for 'queue '%s' in vhost '/''
                    """, quoteCharacter = '"')
    void whatStreamsDoNot(String what, boolean connection, int code, String text) throws Exception {
        String stream = stream();

        Closed closed = Closed.by(clients.connect(), channel -> {
            switch (what) {
                case "get" -> channel.basicGet(stream, false);
                case "purge" -> channel.queuePurge(stream);
                case "no-ack" -> {
                    channel.basicQos(1);
                    Inbox.of(channel, stream, true, Map.of());
                }
                default -> Inbox.of(channel, stream);
            }
        });

        assertThat(closed).isEqualTo(new Closed(connection, code, text.formatted(stream)));
    }

    @Test
    void anOffsetThatIsNoneIsRefused() throws Exception {
        assumeFalse(AmqpBroker.isRabbitMq(), "it crashes");
        String stream = stream();

        Closed closed = Closed.by(clients.connect(), channel -> {
            channel.basicQos(1);
            Inbox.of(channel, stream, false, Map.of(OFFSET, "nowhere"));
        });

        assertThat(closed)
                .isEqualTo(Closed.channel(
                        406,
                        "PRECONDITION_FAILED - invalid arg 'x-stream-offset' for queue '" + stream
                                + "' in vhost '/': invalid_offset_arg"));
    }

    @Test
    void filtersAreKept() throws Exception {
        assumeFalse(AmqpBroker.isRabbitMq(), "3.10 has none");
        String stream = stream("plain");
        for (String value : List.of("eu", "us", "eu")) {
            AMQP.BasicProperties marked = AmqpClients.PERSISTENT
                    .builder()
                    .headers(Map.of("x-stream-filter-value", value))
                    .build();
            clients.publish("", stream, marked, value);
        }

        Map<String, Object> europe = Map.of(OFFSET, "first", "x-stream-filter", "eu");
        Map<String, Object> both =
                Map.of(OFFSET, "first", "x-stream-filter", List.of("us", "eu"), "x-stream-match-unfiltered", true);
        assertThat(Inbox.of(reading(10), stream, false, europe).next(2)).containsExactly("eu", "eu");
        assertThat(Inbox.of(reading(10), stream, false, both).next(4)).containsExactly("plain", "eu", "us", "eu");
    }
}
