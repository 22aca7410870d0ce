package io.millrace.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.routing.Inequivalence;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueueRulesTest {
    private static final ArgumentValue NONE = new ArgumentValue.Nothing();

    private static QueueSpec queue(QueueType type, boolean durable, Arguments arguments) {
        return new QueueSpec(
                new QueueRef(new VhostName("/"), new QueueName("q")), type, durable, false, false, arguments);
    }

    private static QueueSpec with(String argument, ArgumentValue value) {
        return queue(QueueType.CLASSIC, true, Arguments.of(argument, value));
    }

    @Test
    void propertiesComeFirst() {
        QueueSpec current = queue(QueueType.CLASSIC, false, Arguments.NONE);
        QueueSpec received = with("x-expires", ArgumentValue.whole(5));

        assertThat(QueueRules.difference(current, received))
                .contains(new Inequivalence("durable", false, ArgumentValue.bool(true), ArgumentValue.bool(false)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-max-length", "x-max-length-bytes", "x-message-ttl", "x-expires", "x-dead-letter-exchange",
                "x-max-priority", "x-overflow", "x-single-active-consumer", "x-queue-mode", "x-queue-master-locator"
            })
    void comparesArgumentsThatAreThereOrMissing(String argument) {
        ArgumentValue five = ArgumentValue.whole(5);
        ArgumentValue six = ArgumentValue.whole(6);
        QueueSpec current = with(argument, five);

        assertThat(QueueRules.difference(current, with(argument, new ArgumentValue.Whole(5, ArgumentValue.Width.BYTE))))
                .isEmpty();
        assertThat(QueueRules.difference(current, with(argument, six)))
                .contains(new Inequivalence(argument, true, six, five));
        assertThat(QueueRules.difference(current, with("x-other", six)))
                .contains(new Inequivalence(argument, true, NONE, five));
    }

    @ParameterizedTest
    @CsvSource({"CLASSIC, CLASSIC, true", "CLASSIC, QUORUM, false", "STREAM, CLASSIC, false"})
    void comparesTypesHoweverTheyWereNamed(QueueType current, QueueType received, boolean same) {
        assertThat(QueueRules.difference(
                                queue(current, true, Arguments.of("x-queue-type", ArgumentValue.text(current.word()))),
                                queue(received, true, Arguments.NONE))
                        .isEmpty())
                .isEqualTo(same);
    }

    @Test
    void aTypeThatIsNotNamedIsNone() {
        ArgumentValue quorum = ArgumentValue.text("quorum");
        QueueSpec named = queue(QueueType.QUORUM, true, Arguments.of("x-queue-type", quorum));

        assertThat(QueueRules.difference(named, queue(QueueType.CLASSIC, true, Arguments.NONE)))
                .contains(new Inequivalence("x-queue-type", true, NONE, quorum));
        assertThat(QueueRules.difference(
                        queue(QueueType.QUORUM, true, Arguments.NONE), queue(QueueType.CLASSIC, true, Arguments.NONE)))
                .contains(new Inequivalence("x-queue-type", true, ArgumentValue.text("classic"), quorum));
    }
}
