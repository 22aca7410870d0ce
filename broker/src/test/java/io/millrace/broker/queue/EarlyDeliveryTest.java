package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.queue.QueueFixture.Taker;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Queues on logs without other replicas: what is appended is delivered, what is synced is confirmed (ADR 37).
class EarlyDeliveryTest {
    private final QueueFixture node = new QueueFixture();
    private final QueueView queue = node.durable(Arguments.NONE);

    @Test
    void whereThereIsNoOtherReplicaMessagesAreDeliveredBeforeTheyAreSafe() {
        Hold hold = soleLogWithPatience();
        Taker taker = node.consume(hold, "c", 0, false);

        var told = node.publish(queue, "a", "b");

        assertThat(taker.texts()).containsExactly("a", "b");
        node.settle(hold, Settlement.ACKNOWLEDGE, taker.offsets());
        assertThat(told.ends).as("what is confirmed is safe").isEmpty();
        node.log.confirm(1);
        node.settle();
        assertThat(told.ends).containsExactly(Publication.End.STORED, Publication.End.STORED);
        assertThat(node.counts(queue).unacknowledged()).isZero();
        assertThat(node.cache.bytes).isZero();
    }

    @Test
    void aBusyQueuesMessagesAreDeliveredInOnePieceWhenTheyAreSafe() {
        Hold hold = soleLogWithPatience();
        Taker taker = node.consume(hold, "c", 0, false);
        String[] many = IntStream.range(0, 33).mapToObj(Integer::toString).toArray(String[]::new);

        node.publish(queue, many);
        node.publish(queue, "behind them");
        assertThat(taker.texts()).isEmpty();
        node.log.confirm(2);
        node.settle();

        assertThat(taker.texts()).hasSize(34).startsWith(many);
    }

    /// A log without other replicas that confirms nothing until it is told to.
    private Hold soleLogWithPatience() {
        node.counts(queue);
        node.log.isSole = true;
        node.log.holding = true;
        return node.hold(queue);
    }

    @Test
    void whatTheDiskLosesAfterItWasDeliveredIsForgottenAndItsOffsetIsAnothers() {
        node.publish(queue, "kept");
        Hold hold = soleLogWithPatience();
        Taker taker = node.consume(hold, "c", 0, false);
        var told = node.publish(queue, "lost");

        node.log.loseUnconfirmed();
        node.log.holding = false;
        node.advance(400);
        node.publish(queue, "next");
        node.settle(hold, Settlement.ACKNOWLEDGE, taker.offsets()[1]);

        assertThat(told.ends).containsExactly(Publication.End.FAILED);
        assertThat(taker.texts()).containsExactly("kept", "lost", "kept", "next");
        assertThat(taker.cancellations).isZero();
        assertThat(node.counts(queue).unacknowledged())
                .as("the late acknowledgement is not for what is there now")
                .isEqualTo(2);
    }

    @Test
    void whatIsNotSafeStaysInMemoryForItCanNotBeReadBack() {
        Hold hold = soleLogWithPatience();
        Taker taker = node.consume(hold, "c", 1, false);
        node.publish(queue, "a", "b");

        node.cache.bytesMax = 0;
        node.settle(hold, Settlement.REQUEUE, taker.offsets()[0]);
        node.settle(hold, Settlement.REQUEUE, taker.offsets()[1]);

        assertThat(taker.texts()).containsExactly("a", "a", "a");
        assertThat(node.log.fetches).as("loading an empty queue reads nothing").isZero();
        assertThat(node.lost).isEmpty();
    }

    @Test
    void withoutRoomInMemoryOrOnDiskNothingIsDeliveredBeforeItIsSafe() {
        Hold hold = soleLogWithPatience();
        Taker taker = node.consume(hold, "c", 0, true);
        node.cache.bytesMax = 0;
        node.publish(queue, "no memory");
        node.cache.bytesMax = Long.MAX_VALUE;
        node.publish(queue, "behind it");
        assertThat(taker.texts()).isEmpty();
        node.log.confirm(2);
        node.settle();
        assertThat(taker.texts()).containsExactly("no memory", "behind it");

        node.roomIsShort = true;
        node.publish(queue, "short disk");
        assertThat(taker.texts()).hasSize(2);
        node.log.holding = false;
        node.log.confirm(Integer.MAX_VALUE);
        node.settle();
        assertThat(taker.texts()).hasSize(3);
    }

    @Test
    void aQueueWhoseTimeRunsIsThereAgainAfterItsDiskFailed() {
        node.log.isSole = true;
        QueueView dying = node.durable(Arguments.of("x-message-ttl", ArgumentValue.whole(5_000))
                .with("x-dead-letter-exchange", ArgumentValue.text("dlx")));
        node.publish(dying, "kept");
        node.log.holding = true;
        node.publish(dying, "lost");

        node.log.loseUnconfirmed();
        node.log.holding = false;
        node.advance(6_000);

        assertThat(node.deadLetters).containsExactly("kept expired");
    }
}
