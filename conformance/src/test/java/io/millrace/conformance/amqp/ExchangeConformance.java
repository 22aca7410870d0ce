package io.millrace.conformance.amqp;

import static io.millrace.conformance.amqp.AmqpClients.fresh;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Declaring, binding and deleting exchanges; what is refused, and with which words.
@ExtendWith(SharedAmqp.class)
final class ExchangeConformance {
    private final AmqpClients clients;
    private final Connection connection;

    ExchangeConformance(AmqpClients clients) throws Exception {
        this.clients = clients;
        this.connection = clients.connect();
    }

    private void assertRefused(int code, String text, Closed.Deed deed) throws Exception {
        assertThat(Closed.by(connection, deed)).isEqualTo(Closed.channel(code, text));
    }

    private static String inequivalent(String argument, String exchange, String rest) {
        return "PRECONDITION_FAILED - inequivalent arg '" + argument + "' for exchange '" + exchange
                + "' in vhost '/': " + rest;
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct", "fanout", "topic", "headers"})
    void theSameDeclareTwiceIsOne(String type) throws Exception {
        String exchange = clients.exchange(type, Map.of());

        AMQP.Exchange.DeclareOk again = clients.helper().exchangeDeclare(exchange, type, false, false, Map.of());

        assertThat(again).isNotNull();
        assertThat(clients.helper().exchangeDeclarePassive(exchange)).isNotNull();
    }

    @Test
    void anotherTypeIsNotEquivalent() throws Exception {
        String exchange = clients.exchange("direct", Map.of());

        assertRefused(
                406,
                inequivalent("type", exchange, "received 'fanout' but current is 'direct'"),
                channel -> channel.exchangeDeclare(exchange, "fanout"));
    }

    @Test
    void otherFlagsAreNotEquivalent() throws Exception {
        String exchange = clients.exchange("direct", Map.of());
        String flipped = "received 'true' but current is 'false'";

        assertRefused(
                406,
                inequivalent("durable", exchange, flipped), // OpenStack looks for this text
                channel -> channel.exchangeDeclare(exchange, "direct", true));
        assertRefused(
                406,
                inequivalent("auto_delete", exchange, flipped),
                channel -> channel.exchangeDeclare(exchange, "direct", false, true, Map.of()));
        assertRefused(
                406,
                inequivalent("internal", exchange, flipped),
                channel -> channel.exchangeDeclare(exchange, "direct", false, false, true, Map.of()));
    }

    @Test
    void anotherAlternateExchangeIsNotEquivalent() throws Exception {
        String plain = clients.exchange("direct", Map.of());
        String with = clients.exchange("direct", Map.of("alternate-exchange", "x"));

        assertRefused(
                406,
                inequivalent("alternate-exchange", with, "received 'y' but current is 'x'"),
                channel -> declare(channel, with, Map.of("alternate-exchange", "y")));
        assertRefused(
                406,
                inequivalent(
                        "alternate-exchange", with, "received none but current is the value 'x' of type 'longstr'"),
                channel -> declare(channel, with, Map.of()));
        assertRefused(
                406,
                inequivalent(
                        "alternate-exchange", plain, "received the value 'x' of type 'longstr' but current is none"),
                channel -> declare(channel, plain, Map.of("alternate-exchange", "x")));
    }

    private static void declare(Channel channel, String exchange, Map<String, Object> arguments) throws Exception {
        channel.exchangeDeclare(exchange, "direct", false, false, arguments);
    }

    @Test
    void anArgumentNobodyKnowsMakesNoDifference() throws Exception {
        String exchange = clients.exchange("direct", Map.of());

        declare(clients.helper(), exchange, Map.of("x-nobody", "knows"));

        assertThat(clients.helper().isOpen()).isTrue();
    }

    @Test
    void anAlternateExchangeThatIsNoStringIsInvalid() throws Exception {
        String exchange = fresh("e");

        assertRefused(
                406,
                "PRECONDITION_FAILED - invalid type 'signedint' for arg 'alternate-exchange' in exchange '" + exchange
                        + "' in vhost '/'",
                channel -> declare(channel, exchange, Map.of("alternate-exchange", 1)));
    }

    @Test
    void anEmptyTypeEndsTheConnection() throws Exception {
        assertThat(Closed.by(connection, channel -> channel.exchangeDeclare(fresh("e"), "")))
                .isEqualTo(Closed.connection(503, "COMMAND_INVALID - invalid exchange type ''"));
    }

    @Test
    void namesOfTheBrokersOwnAreReserved() throws Exception {
        assertRefused(
                403,
                "ACCESS_REFUSED - exchange name 'amq.mine' contains reserved prefix 'amq.*'",
                channel -> channel.exchangeDeclare("amq.mine", "direct"));
        assertRefused(
                403,
                "ACCESS_REFUSED - deletion of system exchange 'amq.direct' in vhost '/' not allowed",
                channel -> channel.exchangeDelete("amq.direct"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "amq.direct:direct",
                "amq.fanout:fanout",
                "amq.topic:topic",
                "amq.headers:headers",
                "amq.match:headers"
            })
    void theBrokersOwnExchangesAreThereAndDurable(String exchange) throws Exception {
        String name = exchange.substring(0, exchange.indexOf(':'));
        String type = exchange.substring(exchange.indexOf(':') + 1);

        assertThat(clients.helper().exchangeDeclare(name, type, true)).isNotNull();
        assertRefused(
                406,
                inequivalent("durable", name, "received 'false' but current is 'true'"),
                channel -> channel.exchangeDeclare(name, type));
    }

    @Test
    void theTraceExchangeIsInternal() throws Exception {
        assertThat(clients.helper().exchangeDeclare("amq.rabbitmq.trace", "topic", true, false, true, Map.of()))
                .isNotNull();
    }

    @Test
    void theDefaultExchangeCannotBeTouched() throws Exception {
        String queue = clients.queue(Map.of());
        String exchange = clients.exchange("direct", Map.of());
        String text = "ACCESS_REFUSED - operation not permitted on the default exchange";

        assertRefused(403, text, channel -> channel.exchangeDeclare("", "direct", true));
        assertRefused(403, text, channel -> channel.exchangeDeclarePassive(""));
        assertRefused(403, text, channel -> channel.exchangeDelete(""));
        assertRefused(403, text, channel -> channel.queueBind(queue, "", "k"));
        assertRefused(403, text, channel -> channel.queueUnbind(queue, "", "k"));
        assertRefused(403, text, channel -> channel.exchangeBind(exchange, "", "k"));
        assertRefused(403, text, channel -> channel.exchangeBind("", exchange, "k"));
    }

    @Test
    void whatIsMissingIsNotFound() throws Exception {
        String queue = clients.queue(Map.of());
        String exchange = clients.exchange("direct", Map.of());
        String missing = "NOT_FOUND - no exchange 'missing-e' in vhost '/'";

        assertRefused(404, missing, channel -> channel.exchangeDeclarePassive("missing-e"));
        assertRefused(404, missing, channel -> channel.queueBind(queue, "missing-e", "k"));
        assertRefused(404, missing, channel -> channel.queueBind("missing-q", "missing-e", "k"));
        assertRefused(404, missing, channel -> channel.exchangeBind("missing-e", exchange, "k"));
        assertRefused(404, missing, channel -> channel.exchangeBind(exchange, "missing-e", "k"));
        assertRefused(
                404,
                "NOT_FOUND - no queue 'missing-q' in vhost '/'",
                channel -> channel.queueBind("missing-q", exchange, "k"));
    }

    @Test
    void removingWhatIsMissingIsFine() throws Exception {
        Channel channel = clients.helper();
        String queue = clients.queue(Map.of());
        String exchange = clients.exchange("direct", Map.of());

        assertThat(channel.exchangeDelete("missing-e")).isNotNull();
        assertThat(channel.queueUnbind(queue, exchange, "never-bound")).isNotNull();
        assertThat(channel.queueUnbind(queue, "missing-e", "k")).isNotNull();
        assertThat(channel.queueUnbind("missing-q", exchange, "k")).isNotNull();
        assertThat(channel.exchangeUnbind(exchange, "amq.direct", "never-bound"))
                .isNotNull();
    }

    @Test
    void aUsedExchangeIsNotDeletedIfUnused() throws Exception {
        String exchange = clients.exchange("direct", Map.of());
        String queue = clients.boundQueue(exchange, "k");

        assertRefused(
                406,
                "PRECONDITION_FAILED - exchange '" + exchange + "' in vhost '/' in use",
                channel -> channel.exchangeDelete(exchange, true));
        clients.helper().queueUnbind(queue, exchange, "k");
        assertThat(clients.helper().exchangeDelete(exchange, true)).isNotNull();
        assertRefused(
                404,
                "NOT_FOUND - no exchange '" + exchange + "' in vhost '/'",
                channel -> channel.exchangeDeclarePassive(exchange));
    }

    @Test
    void nobodyPublishesToAnInternalExchange() throws Exception {
        String exchange = fresh("e");
        clients.helper().exchangeDeclare(exchange, BuiltinExchangeType.DIRECT, false, true, true, Map.of());

        assertRefused(
                403,
                "ACCESS_REFUSED - cannot publish to internal exchange '" + exchange + "' in vhost '/'",
                channel -> channel.basicPublish(exchange, "k", AmqpClients.PLAIN, new byte[0]));
        clients.helper().exchangeDelete(exchange);
    }

    @Test
    void anAutoDeleteExchangeGoesWithItsLastBinding() throws Exception {
        String exchange = fresh("e");
        clients.helper().exchangeDeclare(exchange, "fanout", false, true, Map.of());
        String one = clients.boundQueue(exchange, "");
        String two = clients.boundQueue(exchange, "");

        clients.helper().queueUnbind(one, exchange, "");
        assertThat(clients.helper().exchangeDeclarePassive(exchange)).isNotNull();
        clients.helper().queueDelete(two);
        assertRefused(
                404,
                "NOT_FOUND - no exchange '" + exchange + "' in vhost '/'",
                channel -> channel.exchangeDeclarePassive(exchange));
    }

    @Test
    void autoDeleteGoesUpAChainOfExchanges() throws Exception {
        String upper = fresh("e");
        String lower = fresh("e");
        Channel channel = clients.helper();
        channel.exchangeDeclare(upper, "fanout", false, true, Map.of());
        channel.exchangeDeclare(lower, "fanout", false, true, Map.of());
        channel.exchangeBind(lower, upper, "");
        String queue = clients.boundQueue(lower, "");

        channel.queueUnbind(queue, lower, "");

        for (String gone : new String[] {lower, upper}) {
            assertRefused(
                    404,
                    "NOT_FOUND - no exchange '" + gone + "' in vhost '/'",
                    asking -> asking.exchangeDeclarePassive(gone));
        }
    }

    @Test
    void aHeadersBindingSaysHowToMatch() throws Exception {
        String exchange = clients.exchange("headers", Map.of());
        String queue = clients.queue(Map.of());

        assertRefused(
                406,
                "PRECONDITION_FAILED - Invalid x-match field value <<\"some\">>; expected all, any, all-with-x, or"
                        + " any-with-x",
                channel -> channel.queueBind(queue, exchange, "", Map.of("x-match", "some")));
        assertRefused(
                406,
                "PRECONDITION_FAILED - Invalid x-match field type signedint (value 5); expected longstr",
                channel -> channel.queueBind(queue, exchange, "", Map.of("x-match", 5)));
    }
}
