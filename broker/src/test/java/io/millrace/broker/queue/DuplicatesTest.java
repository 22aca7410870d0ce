package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.queue.Publication.End;
import io.millrace.broker.queue.QueueFixture.Taker;
import io.millrace.broker.queue.QueueFixture.Told;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ErrorKind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Queues with `x-message-deduplication`: one message of each value at a time, also over a restart.
class DuplicatesTest {
    private static final Arguments UNIQUE = Arguments.of(Duplicates.ARGUMENT, new ArgumentValue.Bool(true));

    private QueueFixture node = new QueueFixture();
    private QueueView queue = node.durable(UNIQUE);

    private Told publish(String text, String value) {
        var told = new Told();
        node.calling(() -> node.queues.publish(
                queue, node.message(text, value.isEmpty() ? "" : QueueFixture.UNIQUE + value), told));
        return told;
    }

    @Test
    void aMessageWhoseValueIsInTheQueueIsDroppedAndConfirmed() {
        publish("a", "1");

        assertThat(publish("again", "1").ends).containsExactly(End.STORED);
        publish("b", "2");
        publish("c", "");
        publish("d", "");

        assertThat(node.consume(node.hold(queue), "c", 0, true).texts()).containsExactly("a", "b", "c", "d");
        assertThat(node.duplicates).isEqualTo(1);
    }

    @Test
    void aValueIsFreeWhenItsMessageIsSettledAndNotBefore() {
        Hold hold = node.hold(queue);
        Taker taker = node.consume(hold, "c", 0, false);
        publish("a", "1");
        publish("while unsettled", "1");

        node.settle(hold, Settlement.REQUEUE, taker.deliveries.getLast().offset());
        publish("while requeued", "1");
        node.settle(hold, Settlement.ACKNOWLEDGE, taker.deliveries.getLast().offset());
        publish("b", "1");
        node.settle(hold, Settlement.REJECT, taker.deliveries.getLast().offset());
        publish("c", "1");

        assertThat(taker.texts()).containsExactly("a", "a", "b", "c");
    }

    @Test
    void aPurgeAnExpiryAndWhoDoesNotAcknowledgeFreeTheirValues() {
        publish("a", "1");
        publish("b", "2");
        node.calling(() -> node.queues.purge(queue, _ -> {}));
        publish("c", "1");

        assertThat(node.consume(node.hold(queue), "c", 0, true).texts()).containsExactly("c");
        assertThat(publish("d", "1").ends).containsExactly(End.STORED);
        assertThat(node.duplicates).isZero();
        assertThat(node.memory.bytes).isZero();
    }

    @Test
    void aDuplicateHearsWhatBecomesOfTheFirst() {
        node.counts(queue);
        node.log.holding = true;
        Told first = publish("a", "1");
        Told second = publish("a", "1");
        assertThat(second.ends).isEmpty();
        node.log.confirm(1);
        node.settle();
        assertThat(List.of(first.ends, second.ends)).containsOnly(List.of(End.STORED));

        node.log.holding = false;
        node.log.refuseWith = ErrorKind.STORAGE_ERROR;
        var told = new Told();
        node.calling(() -> {
            node.queues.publish(queue, node.message("b", QueueFixture.UNIQUE + "2"), told);
            node.queues.publish(queue, node.message("b", QueueFixture.UNIQUE + "2"), told);
        });
        node.log.refuseWith = ErrorKind.NONE;

        assertThat(told.ends).containsExactly(End.FAILED, End.FAILED);
        assertThat(publish("b", "2").ends).containsExactly(End.STORED);
        assertThat(node.consume(node.hold(queue), "c", 0, true).texts()).containsExactly("a", "b");
    }

    @Test
    void aFullQueueTakesADuplicateAsWell() {
        queue = node.inMemory(Arguments.of(Map.of(
                Duplicates.ARGUMENT,
                new ArgumentValue.Bool(true),
                "x-max-length",
                ArgumentValue.whole(1),
                "x-overflow",
                ArgumentValue.text("reject-publish"))));
        publish("a", "1");

        assertThat(publish("again", "1").ends).containsExactly(End.STORED);
        assertThat(publish("b", "2").ends).containsExactly(End.REFUSED);
        assertThat(publish("again", "1").ends).containsExactly(End.STORED);
    }

    @Test
    void whatWaitsKeepsItsValuesOverACrash() {
        Hold hold = node.hold(queue);
        Taker taker = node.consume(hold, "c", 1, false);
        publish("a", "1");
        publish("b", "2");
        node.settle(hold, Settlement.ACKNOWLEDGE, taker.deliveries.getFirst().offset());
        node.advance(1_000);

        FakeQueueLog log = node.log;
        node = new QueueFixture(node.clock, log);
        log.crash(node.there, 0);
        queue = node.durable(UNIQUE);
        publish("c", "1");
        publish("again", "2");

        assertThat(node.consume(node.hold(queue), "c", 0, true).texts()).containsExactly("b", "c");
        assertThat(node.memory.bytes).isZero();
    }

    @Test
    void otherQueuesTakeEverything() {
        queue = node.durable(Arguments.NONE);
        publish("a", "1");
        publish("b", "1");

        assertThat(node.consume(node.hold(queue), "c", 0, true).texts()).containsExactly("a", "b");
    }
}
