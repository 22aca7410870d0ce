package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.queue.QueueFixture.Taker;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A node that was frozen for so long that another one may lead its queues, and has not heard of it.
class CutOffLeaderTest {
    private final QueueFixture node = new QueueFixture();

    @Test
    void whoAsksForAMessageWaitsUntilItMayLeadAgain() {
        QueueView queue = node.durable(Arguments.NONE);
        node.publish(queue, "m");
        Hold hold = node.hold(queue);
        node.log.isCutOff = true;
        List<String> got = new ArrayList<>();
        node.calling(() -> hold.get(
                true, (outcome, delivery, _) -> got.add(outcome + (delivery == null ? " nothing" : " message"))));
        node.advance(1_000);
        assertThat(got).isEmpty();

        node.log.isCutOff = false;
        node.advance(200);
        assertThat(got).containsExactly("DONE message");
    }

    @Test
    void whoAsksIsAnsweredWhenItStaysCutOff() {
        QueueView queue = node.durable(Arguments.NONE);
        node.publish(queue, "m");
        Hold hold = node.hold(queue);
        node.log.isCutOff = true;
        List<Boolean> isEmpty = new ArrayList<>();
        node.calling(() -> hold.get(true, (_, delivery, _) -> isEmpty.add(delivery == null)));

        node.advance(11_000);
        assertThat(isEmpty).containsExactly(true);
    }

    @Test
    void manyOfItsQueuesWaitByOneTimer() {
        int queues = 1_000;
        List<QueueView> all = new ArrayList<>();
        for (int id = 1; id <= queues; id++) {
            QueueView queue = node.durable(Arguments.NONE, id);
            node.consume(node.hold(queue), "c" + id, 0, true);
            all.add(queue);
        }
        node.log.isCutOff = true;
        for (QueueView queue : all) {
            node.consume(node.hold(queue), "d" + queue.id(), 0, true);
        }
        node.advance(200);
        node.log.actsAsked = 0;
        node.advance(1_000);
        assertThat(node.log.actsAsked).isBetween(1, queues);
        assertThat(node.there.pendingCount()).isLessThan(queues / 2);

        node.log.isCutOff = false;
        node.log.actsAsked = 0;
        node.advance(150);
        assertThat(node.log.actsAsked).as("every one of them goes on").isGreaterThanOrEqualTo(queues);
    }

    @Test
    void itGivesNothingAwayUntilItMayLeadAgain() {
        QueueView queue = node.durable(Arguments.of("x-message-ttl", ArgumentValue.whole(1_000))
                .with("x-dead-letter-exchange", ArgumentValue.text("dlx")));
        node.publish(queue, "expires");
        node.log.isCutOff = true;

        node.advance(5_000);
        Taker taker = node.consume(node.hold(queue), "c", 0, true);
        node.settle();
        assertThat(node.deadLetters).isEmpty();
        assertThat(taker.texts()).isEmpty();

        node.log.isCutOff = false;
        node.publish(queue, "comes");
        node.advance(200);
        assertThat(node.deadLetters).containsExactly("expires expired");
        assertThat(taker.texts()).containsExactly("comes");
    }
}
