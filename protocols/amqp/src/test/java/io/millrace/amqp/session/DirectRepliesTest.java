package io.millrace.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import org.junit.jupiter.api.Test;

/// Which node a reply consumer's name leads to.
class DirectRepliesTest {
    @Property(tries = 50)
    void aNameThatWasGivenOutLeadsToItsNode(SeededRandomness random) {
        int node = random.nextInt(1_000_000);

        String name = Names.generated(ReplyConsumer.PREFIX + node, random);

        assertThat(DirectReplies.nodeOf(name)).hasValue(node);
    }

    @Test
    void otherNamesLeadNowhere() {
        for (String name : new String[] {
            "",
            "q",
            "amq.rabbitmq.reply-to",
            "amq.rabbitmq.reply-to.",
            "amq.rabbitmq.reply-to.-x",
            "amq.rabbitmq.reply-to.12",
            "amq.rabbitmq.reply-to.x1-y",
            "amq.rabbitmq.reply-to.12345678901-y"
        }) {
            assertThat(DirectReplies.nodeOf(name)).as(name).isEmpty();
        }
    }
}
