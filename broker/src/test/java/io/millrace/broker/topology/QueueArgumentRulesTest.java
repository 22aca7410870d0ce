package io.millrace.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ArgumentValue;
import io.millrace.model.ArgumentValue.Whole;
import io.millrace.model.ArgumentValue.Width;
import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What RabbitMQ 3.10.8 was seen to answer.
class QueueArgumentRulesTest {
    private static QueueSpec queue(QueueType type, Arguments arguments) {
        return new QueueSpec(new QueueRef(new VhostName("/"), new QueueName("q")), type, true, false, false, arguments);
    }

    /// `i:5` is a signed integer, `b:true` a truth value, anything else text.
    private static ArgumentValue value(String text) {
        if (text.startsWith("i:")) {
            return new Whole(Long.parseLong(text.substring(2)), Width.INT);
        }
        return text.startsWith("b:") ? ArgumentValue.bool(text.equals("b:true")) : ArgumentValue.text(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            x-max-length             | i:-1  | {value_negative,-1}
            x-max-length             | abc   | "expected integer, got longstr"
            x-message-ttl            | i:-1  | {value_negative,-1}
            x-message-ttl            | abc   | "expected integer, got longstr"
            x-message-ttl            | i:1099511627776 | {value_too_large,1099511627776}
            x-expires                | i:315360000001  | {value_too_large,315360000001}
            x-message-deduplication  | yes   | {unacceptable_type,longstr}
            x-expires                | i:0   | {value_zero,0}
            x-expires                | i:-1  | {value_negative,-1}
            x-expires                | 1000  | "expected integer, got longstr"
            x-max-priority           | i:256 | {max_value_exceeded,256}
            x-max-priority           | i:-1  | {value_negative,-1}
            x-max-priority           | 5     | "expected integer, got longstr"
            x-overflow               | foo   | invalid_overflow
            x-overflow               | i:5   | {unacceptable_type,signedint}
            x-queue-type             | foo   | "unsupported queue type 'foo'"
            x-queue-type             | i:5   | {unacceptable_type,signedint}
            x-queue-mode             | foo   | "unsupported queue mode 'foo'"
            x-single-active-consumer | yes   | {unacceptable_type,longstr}
            x-queue-version          | i:3   | "unsupported queue version '3'"
            x-dead-letter-routing-key | k    | routing_key_but_no_dlx_defined
            """)
    void saysWhatIsWrongWithAValue(String argument, String value, String why) {
        assertThat(QueueArgumentRules.refuse(queue(QueueType.CLASSIC, Arguments.of(argument, value(value)))))
                .contains("invalid arg '" + argument + "' for queue 'q' in vhost '/': " + why);
    }

    @ParameterizedTest
    @CsvSource({
        "QUORUM, x-queue-leader-locator, min-masters, invalid_queue_locator_arg",
        "QUORUM, x-dead-letter-strategy, foo, invalid_dlx_strategy",
        "STREAM, x-queue-leader-locator, foo, invalid_queue_locator_arg",
        "STREAM, x-max-age, 0s, invalid_max_age",
        "STREAM, x-max-age, 10, invalid_max_age",
        "STREAM, x-max-age, 1W, invalid_max_age",
        "STREAM, x-max-age, 1d, invalid_max_age"
    })
    void saysWhatIsWrongWithAValueOfAnotherType(QueueType type, String argument, String value, String why) {
        assertThat(QueueArgumentRules.refuse(queue(type, Arguments.of(argument, value(value)))))
                .contains("invalid arg '" + argument + "' for queue 'q' in vhost '/': " + why);
    }

    @ParameterizedTest
    @CsvSource({
        "CLASSIC, x-max-age, 1D, rabbit_classic_queue",
        "CLASSIC, x-delivery-limit, i:5, rabbit_classic_queue",
        "CLASSIC, x-quorum-initial-group-size, i:1, rabbit_classic_queue",
        "QUORUM, x-max-priority, i:5, rabbit_quorum_queue",
        "QUORUM, x-queue-mode, lazy, rabbit_quorum_queue",
        "STREAM, x-message-ttl, i:5, rabbit_stream_queue"
    })
    void refusesWhatHasNoMeaningForTheType(QueueType type, String argument, String value, String module) {
        assertThat(QueueArgumentRules.refuse(queue(type, Arguments.of(argument, value(value)))))
                .contains("invalid arg '" + argument + "' for queue 'q' in vhost '/' of queue type " + module);
    }

    @ParameterizedTest
    @CsvSource({
        "CLASSIC, x-message-ttl, i:0",
        "CLASSIC, x-max-priority, i:0",
        "CLASSIC, x-dead-letter-exchange, x",
        "CLASSIC, x-overflow, reject-publish-dlx",
        "CLASSIC, x-ha-policy, all",
        "CLASSIC, x-queue-mode, lazy",
        "CLASSIC, x-queue-master-locator, min-masters",
        "CLASSIC, x-queue-leader-locator, client-local",
        "CLASSIC, x-single-active-consumer, b:true",
        "QUORUM, x-message-ttl, i:1000",
        "QUORUM, x-delivery-limit, i:-1",
        "QUORUM, x-overflow, reject-publish-dlx",
        "QUORUM, x-dead-letter-strategy, at-least-once",
        "STREAM, x-max-age, 7D",
        "STREAM, x-max-length-bytes, i:5000"
    })
    void allowsTheRest(QueueType type, String argument, String value) {
        assertThat(QueueArgumentRules.refuse(queue(type, Arguments.of(argument, value(value)))))
                .isEmpty();
    }

    @Test
    void namesOfExchangesAreText() {
        assertThat(QueueArgumentRules.refuse(
                        queue(QueueType.CLASSIC, Arguments.of("x-dead-letter-exchange", value("i:5")))))
                .contains("invalid type 'signedint' for arg 'x-dead-letter-exchange' in queue 'q' in vhost '/'");
    }

    @ParameterizedTest
    @CsvSource({
        "QUORUM, false, false, false, non-durable",
        "QUORUM, true, true, false, exclusive-owner",
        "QUORUM, true, false, true, auto-delete",
        "STREAM, false, false, false, non-durable",
        "STREAM, true, true, false, exclusive-owner"
    })
    void onlyClassicQueuesAreForAMomentOrForOne(
            QueueType type, boolean durable, boolean exclusive, boolean autoDelete, String property) {
        QueueSpec queue = new QueueSpec(
                new QueueRef(new VhostName("/"), new QueueName("q")),
                type,
                durable,
                exclusive,
                autoDelete,
                Arguments.NONE);

        assertThat(QueueArgumentRules.refuse(queue))
                .contains("invalid property '" + property + "' for queue 'q' in vhost '/'");
    }
}
