package io.millrace.conformance.amqp;

import static io.millrace.conformance.amqp.AmqpClients.PLAIN;
import static io.millrace.conformance.amqp.AmqpClients.fresh;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which queues a message reaches.
@ExtendWith(SharedAmqp.class)
final class RoutingConformance {
    private final AmqpClients clients;

    RoutingConformance(AmqpClients clients) {
        this.clients = clients;
    }

    private static AMQP.BasicProperties headers(Map<String, Object> headers) {
        return new AMQP.BasicProperties.Builder().headers(headers).build();
    }

    @Test
    void theDefaultExchangeRoutesByQueueName() throws Exception {
        String queue = clients.queue(Map.of());

        clients.publish("", queue, PLAIN, "m");

        GetResponse message = clients.take(queue);
        assertThat(message.getEnvelope().getExchange()).isEmpty();
        assertThat(message.getEnvelope().getRoutingKey()).isEqualTo(queue);
    }

    @Test
    void directRoutesByTheWholeKeyToEveryQueueBoundWithIt() throws Exception {
        String exchange = clients.exchange("direct", Map.of());
        String one = clients.boundQueue(exchange, "a", "b");
        String two = clients.boundQueue(exchange, "b", "b.c");

        for (String key : List.of("a", "b", "b.c", "B", "")) {
            clients.publish(exchange, key, PLAIN, key);
        }

        assertThat(clients.drain(one)).containsExactly("a", "b");
        assertThat(clients.drain(two)).containsExactly("b", "b.c");
    }

    @Test
    void fanoutIgnoresTheKey() throws Exception {
        String exchange = clients.exchange("fanout", Map.of());
        String queue = clients.boundQueue(exchange, "ignored");

        clients.publish(exchange, "other", PLAIN, "m");

        assertThat(clients.drain(queue)).containsExactly("m");
    }

    @ParameterizedTest
    @CsvSource(nullValues = "null", textBlock = """
                    a.b,     a.b,       true
                    a.b,     a.B,       false
                    a.*,     a.b,       true
                    a.*,     a,         false
                    a.*,     a.b.c,     false
                    a.*,     a.,        true
                    *.*,     .,         true
                    a.#,     a,         true
                    a.#,     a.b.c,     true
                    '#',       '',        true
                    '#',       a.b.c,     true
                    '#.c',     a.b.c,     true
                    '#.c',     c,         true
                    '#.c',     a.c.d,     false
                    a.#.c,   a.c,       true
                    a.#.c,   a.b.b.c,   true
                    a.#.c,   a.b.b,     false
                    '#.*',     '',        false
                    '#.*.#',   a,         true
                    *,       '',        false
                    *,       a,         true
                    *.#.*,   a.b,       true
                    *.#.*,   a,         false
                    '#.#',     a.b,       true
                    a*,      a*,        true
                    a*,      ab,        false
                    a..b,    a..b,      true
                    a.*.b,   a..b,      true
                    """)
    void topicMatchesWordByWord(String pattern, String key, boolean matches) throws Exception {
        String exchange = clients.exchange("topic", Map.of());
        String queue = clients.boundQueue(exchange, pattern);

        clients.publish(exchange, key, PLAIN, "m");

        assertThat(clients.drain(queue)).hasSize(matches ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    all,         1, 2,  true
                    all,         1, 3,  false
                    any,         1, 3,  true
                    any,         3, 3,  false
                    all-with-x,  1, 2,  true
                    any-with-x,  3, 2,  true
                    """)
    void headersMatchAllOrAny(String match, int first, int second, boolean matches) throws Exception {
        String exchange = clients.exchange("headers", Map.of());
        String queue = clients.queue(Map.of());
        clients.helper().queueBind(queue, exchange, "", Map.of("x-match", match, "one", 1, "two", 2));

        clients.publish(exchange, "", headers(Map.of("one", first, "two", second, "more", "x")), "m");

        assertThat(clients.drain(queue)).hasSize(matches ? 1 : 0);
    }

    @Test
    void headersThatBeginWithXCountOnlyWhereAskedFor() throws Exception {
        String exchange = clients.exchange("headers", Map.of());
        String ignoring = clients.queue(Map.of());
        String regarding = clients.queue(Map.of());
        clients.helper().queueBind(ignoring, exchange, "", Map.of("x-match", "all", "x-one", 1, "two", 2));
        clients.helper().queueBind(regarding, exchange, "", Map.of("x-match", "all-with-x", "x-one", 1, "two", 2));

        clients.publish(exchange, "", headers(Map.of("x-one", 9, "two", 2)), "m");

        assertThat(clients.drain(ignoring)).containsExactly("m");
        assertThat(clients.drain(regarding)).isEmpty();
    }

    @Test
    void aHeadersBindingWithoutMatchMeansAll() throws Exception {
        String exchange = clients.exchange("headers", Map.of());
        String queue = clients.queue(Map.of());
        clients.helper().queueBind(queue, exchange, "", Map.of("one", 1, "two", "b"));

        clients.publish(exchange, "", headers(Map.of("one", 1)), "half");
        clients.publish(exchange, "", headers(Map.of("one", 1, "two", "b")), "whole");
        clients.publish(exchange, "", PLAIN, "none");

        assertThat(clients.drain(queue)).containsExactly("whole");
    }

    @Test
    void twoBindingsGiveOneMessage() throws Exception {
        String exchange = clients.exchange("topic", Map.of());
        String queue = clients.boundQueue(exchange, "a.*", "a.#", "a.b");

        clients.publish(exchange, "a.b", PLAIN, "m");

        assertThat(clients.drain(queue)).containsExactly("m");
    }

    @Test
    void bindingTwiceIsOneBindingAndOneUnbindRemovesIt() throws Exception {
        String exchange = clients.exchange("direct", Map.of());
        String queue = clients.boundQueue(exchange, "k", "k");

        clients.helper().queueUnbind(queue, exchange, "k");
        clients.publish(exchange, "k", PLAIN, "m");

        assertThat(clients.drain(queue)).isEmpty();
    }

    @Test
    void theSameKeyWithOtherArgumentsIsAnotherBinding() throws Exception {
        String exchange = clients.exchange("direct", Map.of());
        String queue = clients.queue(Map.of());
        clients.helper().queueBind(queue, exchange, "k", Map.of("n", 1));
        clients.helper().queueBind(queue, exchange, "k", Map.of("n", 2));

        clients.helper().queueUnbind(queue, exchange, "k", Map.of("n", 1));
        clients.publish(exchange, "k", PLAIN, "still");
        clients.helper().queueUnbind(queue, exchange, "k", Map.of("n", 2));
        clients.publish(exchange, "k", PLAIN, "no more");

        assertThat(clients.drain(queue)).containsExactly("still");
    }

    @Test
    void exchangesBindToExchangesInCyclesAndEachQueueGetsOne() throws Exception {
        Channel channel = clients.helper();
        String one = clients.exchange("fanout", Map.of());
        String two = clients.exchange("topic", Map.of());
        String queue = clients.boundQueue(one, "");
        channel.queueBind(queue, two, "#");
        channel.exchangeBind(two, one, "");
        channel.exchangeBind(one, two, "#");

        clients.publish(one, "k", PLAIN, "one");
        clients.publish(two, "k", PLAIN, "two");

        assertThat(clients.drain(queue)).containsExactly("one", "two");
    }

    @Test
    void anExchangeUnboundFromAnotherGetsNothingMore() throws Exception {
        Channel channel = clients.helper();
        String upper = clients.exchange("direct", Map.of());
        String lower = clients.exchange("fanout", Map.of());
        String queue = clients.boundQueue(lower, "");
        channel.exchangeBind(lower, upper, "k");
        clients.publish(upper, "k", PLAIN, "bound");
        clients.publish(upper, "other", PLAIN, "other");

        channel.exchangeUnbind(lower, upper, "k");
        clients.publish(upper, "k", PLAIN, "unbound");

        GetResponse message = clients.take(queue);
        assertThat(message.getEnvelope().getExchange())
                .as("where it was published")
                .isEqualTo(upper);
        assertThat(clients.drain(queue)).isEmpty();
    }

    @Test
    void theAlternateExchangeTakesWhatNoBindingWants() throws Exception {
        String alternate = clients.exchange("fanout", Map.of());
        String exchange = clients.exchange("direct", Map.of("alternate-exchange", alternate));
        String rest = clients.boundQueue(alternate, "");
        String wanted = clients.boundQueue(exchange, "wanted");

        clients.publish(exchange, "wanted", PLAIN, "wanted");
        clients.publish(exchange, "unwanted", PLAIN, "unwanted");

        assertThat(clients.drain(wanted)).containsExactly("wanted");
        assertThat(clients.drain(rest)).containsExactly("unwanted");
    }

    @Test
    void alternateExchangesMayFormACycleAndAMissingOneIsNoMatter() throws Exception {
        String one = fresh("e");
        String two = clients.exchange("direct", Map.of("alternate-exchange", one));
        clients.helper().exchangeDeclare(one, "direct", false, false, Map.of("alternate-exchange", two));
        String lonely = clients.exchange("direct", Map.of("alternate-exchange", "missing"));
        String queue = clients.boundQueue(one, "k");

        clients.publish(two, "nobody", PLAIN, "lost");
        clients.publish(lonely, "nobody", PLAIN, "lost");
        clients.publish(two, "k", PLAIN, "found");

        assertThat(clients.drain(queue)).containsExactly("found");
        clients.helper().exchangeDelete(one);
    }

    @Test
    void carbonCopiesGoToMoreKeysAndBlindOnesAreNotSeen() throws Exception {
        String exchange = clients.exchange("direct", Map.of());
        String to = clients.boundQueue(exchange, "to");
        String copy = clients.boundQueue(exchange, "cc-1", "cc-2");
        String blind = clients.boundQueue(exchange, "bcc");
        Map<String, Object> keys = Map.of("CC", List.of("cc-1", "cc-2"), "BCC", List.of("bcc"), "own", 1);

        clients.publish(exchange, "to", headers(keys), "m");

        assertThat(clients.drain(copy)).containsExactly("m");
        assertThat(clients.drain(blind)).containsExactly("m");
        assertThat(Plain.of(clients.take(to).getProps().getHeaders()))
                .isEqualTo(Map.of("CC", List.of("cc-1", "cc-2"), "own", 1));
    }

    @Test
    void aCarbonCopyHeaderMustBeAnArray() throws Exception {
        String queue = clients.queue(Map.of());

        Closed closed = Closed.by(
                clients.connect(),
                channel -> channel.basicPublish("", queue, headers(Map.of("CC", "other")), new byte[0]));

        assertThat(closed)
                .isEqualTo(Closed.channel(
                        406,
                        "PRECONDITION_FAILED - invalid message:" + " {unacceptable_type_in_header,\"CC\",longstr}"));
    }

    @Test
    void aDurableExchangeRoutesToATransientQueue() throws Exception {
        String queue = clients.boundQueue("amq.direct", "mixed");

        clients.publish("amq.direct", "mixed", PLAIN, "m");

        assertThat(clients.drain(queue)).containsExactly("m");
    }
}
