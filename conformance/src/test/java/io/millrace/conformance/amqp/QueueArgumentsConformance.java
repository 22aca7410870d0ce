package io.millrace.conformance.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Arguments of queues: which redeclares are equivalent, which values are invalid, and the words for it.
@ExtendWith(SharedAmqp.class)
final class QueueArgumentsConformance {
    private final AmqpClients clients;

    QueueArgumentsConformance(AmqpClients clients) {
        this.clients = clients;
    }

    private Closed declare(String queue, boolean durable, Map<String, Object> arguments) throws Exception {
        return Closed.by(clients.connect(), channel -> channel.queueDeclare(queue, durable, false, false, arguments));
    }

    private static Closed inequivalent(String argument, String queue, String rest) {
        return Closed.channel(
                406,
                "PRECONDITION_FAILED - inequivalent arg '" + argument + "' for queue '" + queue + "' in vhost '/': "
                        + rest);
    }

    @Test
    void otherFlagsAreNotEquivalent() throws Exception {
        String queue = clients.queue(Map.of());

        assertThat(declare(queue, true, Map.of()))
                .isEqualTo(inequivalent("durable", queue, "received 'true' but current is 'false'"));
        assertThat(Closed.by(clients.connect(), channel -> channel.queueDeclare(queue, false, false, true, Map.of())))
                .isEqualTo(inequivalent("auto_delete", queue, "received 'true' but current is 'false'"));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    x-max-length,              #5,          #6,              signedint
                    x-max-length-bytes,        #5,          #6,              signedint
                    x-message-ttl,             #60000,      #70000,          signedint
                    x-expires,                 #60000,      #70000,          signedint
                    x-max-priority,            #5,          #6,              signedint
                    x-dead-letter-exchange,    a,           b,               longstr
                    x-overflow,                drop-head,   reject-publish,  longstr
                    x-queue-mode,              lazy,        default,         longstr
                    x-single-active-consumer,  ?true,       ?false,          bool
                    """)
    void aKnownArgumentMustStayTheSame(String argument, String value, String other, String type) throws Exception {
        Object current = valueOf(value);
        String queue = clients.queue(true, Map.of(argument, current));

        clients.helper().queueDeclare(queue, true, false, false, Map.of(argument, current));
        assertThat(declare(queue, true, Map.of(argument, valueOf(other))))
                .isEqualTo(inequivalent(
                        argument, queue, "received '" + valueOf(other) + "' but current is '" + current + "'"));
        assertThat(declare(queue, true, Map.of()))
                .isEqualTo(inequivalent(
                        argument,
                        queue,
                        "received none but current is the value '" + current + "' of type '" + type + "'"));
    }

    // #5 is a number, ?true a boolean
    private static Object valueOf(String text) {
        return switch (text.charAt(0)) {
            case '#' -> Integer.valueOf(text.substring(1));
            case '~' -> Long.valueOf(text.substring(1));
            case '?' -> Boolean.valueOf(text.substring(1));
            default -> text;
        };
    }

    @Test
    void anArgumentMustNotBeAdded() throws Exception {
        String queue = clients.queue(Map.of());

        assertThat(declare(queue, false, Map.of("x-max-length", 5)))
                .isEqualTo(inequivalent(
                        "x-max-length", queue, "received the value '5' of type 'signedint' but current is none"));
    }

    @Test
    void numbersAreComparedByValueNotByWidth() throws Exception {
        String queue = clients.queue(Map.of("x-max-length", 5, "x-message-ttl", 60_000L));

        assertThat(clients.helper()
                        .queueDeclare(
                                queue, false, false, false, Map.of("x-max-length", (byte) 5, "x-message-ttl", 60_000)))
                .isNotNull();
    }

    @Test
    void anArgumentNobodyKnowsMakesNoDifference() throws Exception {
        String queue = clients.queue(Map.of("x-ha-policy", "all"));

        assertThat(clients.helper().queueDeclare(queue, false, false, false, Map.of("x-nobody", "knows")))
                .isNotNull();
    }

    @Test
    void classicIsTheTypeOfAQueueWithoutOne() throws Exception {
        String queue = clients.queue(true, Map.of("x-queue-type", "classic"));

        assertThat(clients.helper().queueDeclare(queue, true, false, false, Map.of()))
                .isNotNull();
        assertThat(declare(queue, true, Map.of("x-queue-type", "quorum")))
                .isEqualTo(inequivalent("x-queue-type", queue, "received 'quorum' but current is 'classic'"));
    }

    @Test
    void aTypeThatIsNotNamedIsNone() throws Exception {
        String queue = clients.quorumQueue(Map.of());

        assertThat(declare(queue, true, Map.of()))
                .isEqualTo(inequivalent(
                        "x-queue-type", queue, "received none but current is the value 'quorum' of type 'longstr'"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    x-max-length              | #-1   | {value_negative,-1}
                    x-max-length              | abc   | "expected integer, got longstr"
                    x-message-ttl             | #-1   | {value_negative,-1}
                    x-message-ttl             | ~1099511627776 | {value_too_large,1099511627776}
                    x-message-ttl             | abc   | "expected integer, got longstr"
                    x-expires                 | #0    | {value_zero,0}
                    x-expires                 | ~315360000001 | {value_too_large,315360000001}
                    x-expires                 | #-1   | {value_negative,-1}
                    x-expires                 | 1000  | "expected integer, got longstr"
                    x-max-priority            | #256  | {max_value_exceeded,256}
                    x-max-priority            | #-1   | {value_negative,-1}
                    x-max-priority            | 5     | "expected integer, got longstr"
                    x-overflow                | foo   | invalid_overflow
                    x-overflow                | #5    | {unacceptable_type,signedint}
                    x-queue-type              | foo   | "unsupported queue type 'foo'"
                    x-queue-type              | #5    | {unacceptable_type,signedint}
                    x-queue-mode              | foo   | "unsupported queue mode 'foo'"
                    x-single-active-consumer  | yes   | {unacceptable_type,longstr}
                    x-dead-letter-routing-key | k     | routing_key_but_no_dlx_defined
                    """, quoteCharacter = '`')
    void anInvalidValueIsRefused(String argument, String value, String reason) throws Exception {
        String queue = AmqpClients.fresh("q");

        assertThat(declare(queue, false, Map.of(argument, valueOf(value))))
                .isEqualTo(Closed.channel(
                        406,
                        "PRECONDITION_FAILED - invalid arg '" + argument + "' for queue '" + queue + "' in vhost '/': "
                                + reason));
    }

    @Test
    void aDeadLetterExchangeIsAString() throws Exception {
        String queue = AmqpClients.fresh("q");

        assertThat(declare(queue, false, Map.of("x-dead-letter-exchange", 5)))
                .isEqualTo(Closed.channel(
                        406,
                        "PRECONDITION_FAILED - invalid type 'signedint' for arg 'x-dead-letter-exchange' in queue '"
                                + queue + "' in vhost '/'"));
    }

    @ParameterizedTest
    @CsvSource({
        "x-delivery-limit, classic, #5",
        "x-max-age, classic, 1D",
        "x-quorum-initial-group-size, classic, #1",
        "x-max-priority, quorum, #3",
        "x-queue-mode, quorum, lazy",
        "x-message-ttl, stream, #10"
    })
    void anArgumentOfAnotherQueueTypeIsRefused(String argument, String type, String value) throws Exception {
        String queue = AmqpClients.fresh("q");

        assertThat(declare(queue, true, Map.of("x-queue-type", type, argument, valueOf(value))))
                .isEqualTo(Closed.channel(
                        406,
                        "PRECONDITION_FAILED - invalid arg '" + argument + "' for queue '" + queue
                                + "' in vhost '/' of queue type rabbit_" + type + "_queue"));
    }

    @ParameterizedTest
    @CsvSource({
        "quorum, false, false, false, non-durable",
        "quorum, true, true, false, exclusive-owner",
        "quorum, true, false, true, auto-delete",
        "stream, false, false, false, non-durable",
        "stream, true, true, false, exclusive-owner",
    })
    void quorumQueuesAndStreamsAreDurableAndShared(
            String type, boolean durable, boolean exclusive, boolean autoDelete, String property) throws Exception {
        String queue = AmqpClients.fresh("q");

        assertThat(Closed.by(
                        clients.connect(),
                        channel -> channel.queueDeclare(
                                queue, durable, exclusive, autoDelete, Map.of("x-queue-type", type))))
                .isEqualTo(Closed.channel(
                        406,
                        "PRECONDITION_FAILED - invalid property '" + property + "' for queue '" + queue
                                + "' in vhost '/'"));
    }
}
