package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.queue.QueueFixture.Taker;
import io.millrace.broker.topology.ConnectionId;
import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ErrorKind;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Queues in memory from connection to queue and back, over two loops.
class MemoryQueueTest {
    private final QueueFixture node = new QueueFixture();
    private final QueueView queue = node.inMemory(Arguments.NONE);

    @Test
    void whatIsPublishedIsDeliveredInOrderAndSettledByAcks() {
        Hold hold = node.hold(queue);
        Taker taker = node.consume(hold, "c", 0, false);

        var told = node.publish(queue, "a", "b", "c");

        assertThat(taker.outcomes).containsExactly(QueueOutcome.DONE);
        assertThat(taker.texts()).containsExactly("a", "b", "c");
        assertThat(taker.turns).isEqualTo(1);
        assertThat(told.ends).hasSize(3).containsOnly(Publication.End.STORED);
        assertThat(node.counts(queue).unacknowledged()).isEqualTo(3);

        node.settle(hold, Settlement.ACKNOWLEDGE, taker.offsets());

        assertThat(node.counts(queue).unacknowledged()).isZero();
        assertThat(node.memory.bytes).isZero();
    }

    @Test
    void inTheMemoryOfANodeThatIsAwayNothingIsStoredOrCounted() {
        node.away.add(queue.id());

        assertThat(node.publish(queue, "a").ends).containsExactly(Publication.End.NOWHERE);
        assertThat(node.counts(queue).outcome()).isEqualTo(QueueOutcome.UNAVAILABLE);
    }

    @Test
    void whatIsRequeuedComesBackFirstAndMarked() {
        Hold hold = node.hold(queue);
        node.publish(queue, "a", "b", "c");
        var first = node.get(hold, false);
        var second = node.get(hold, false);
        assertThat(List.of(first.text(), second.text())).containsExactly("a", "b");
        assertThat(second.readyAfter()).isEqualTo(1);

        node.settle(hold, Settlement.REQUEUE, first.delivery().offset());

        var again = node.get(hold, true);
        assertThat(again.text()).isEqualTo("a");
        assertThat(again.delivery().redelivered()).isTrue();
        assertThat(node.get(hold, true).delivery().redelivered()).isFalse();
        assertThat(node.get(hold, true).delivery()).isNull();
        assertThat(node.counts(queue).unacknowledged()).isEqualTo(1);
    }

    @Test
    void rejectedMessagesAreDroppedOrDeadLettered() {
        QueueView dying = node.inMemory(Arguments.of("x-dead-letter-exchange", ArgumentValue.text("dlx")));
        Hold hold = node.hold(dying);
        node.keepLetters = true;
        node.publish(dying, "a");

        node.settle(hold, Settlement.REJECT, node.get(hold, false).delivery().offset());

        assertThat(node.deadLetters).containsExactly("a rejected");
        assertThat(node.memory.bytes).isPositive();
        node.there.call(() -> {
            node.unsettledLetters.forEach(Runnable::run);
            return this;
        });
        assertThat(node.memory.bytes).isZero();
    }

    @Test
    void largeMessagesAreHandedOutAsTheirConnectionGetsToThem() {
        String large = "x".repeat(1024 * 1024);
        for (int i = 0; i < 20; i++) {
            node.publish(queue, large);
        }
        Taker taker = new Taker();
        Hold hold = node.hold(queue);
        node.onConnection(
                () -> hold.consume(new ConsumerSpec("c", true, false, 0, Arguments.NONE), taker, taker.outcomes::add));
        node.there.runReady();

        node.here.runReady();
        int atOnce = taker.deliveries.size();
        node.settle();

        assertThat(atOnce).isBetween(1, 3);
        assertThat(taker.deliveries).hasSize(20);
    }

    @Test
    void twoConsumersTakeTurns() {
        Hold hold = node.hold(queue);
        Taker one = node.consume(hold, "one", 0, true);
        Taker two = node.consume(node.hold(queue), "two", 0, true);

        node.publish(queue, "a", "b", "c", "d");

        assertThat(one.texts()).containsExactly("a", "c");
        assertThat(two.texts()).containsExactly("b", "d");
        assertThat(node.memory.bytes).isZero();
    }

    @Test
    void aCancelledConsumerKeepsWhatItHasAndGetsNoMore() {
        Hold hold = node.hold(queue);
        Taker taker = node.consume(hold, "c", 0, false);
        node.publish(queue, "a");
        List<String> replies = new ArrayList<>();

        node.calling(() -> hold.cancel("c", () -> replies.add("cancelled")));
        node.publish(queue, "b");

        assertThat(replies).containsExactly("cancelled");
        assertThat(taker.texts()).containsExactly("a");
        assertThat(node.counts(queue).consumers()).isZero();
        node.settle(hold, Settlement.ACKNOWLEDGE, taker.offsets());
        assertThat(node.counts(queue).unacknowledged()).isZero();
    }

    @Test
    void aPausedHoldGetsNothingUntilItGoesOn() {
        Hold hold = node.hold(queue);
        Taker taker = node.consume(hold, "c", 0, true);
        node.calling(() -> hold.pause(true));

        node.publish(queue, "a");
        assertThat(taker.texts()).isEmpty();

        node.calling(() -> hold.pause(false));
        assertThat(taker.texts()).containsExactly("a");
    }

    @Test
    void aHoldPausedBeforeItsFirstConsumerIsPausedThen() {
        Hold hold = node.hold(queue);
        node.calling(() -> hold.pause(true));
        Taker taker = node.consume(hold, "c", 0, true);

        node.publish(queue, "a");

        assertThat(taker.texts()).isEmpty();
    }

    @Test
    void aHoldsLimitIsForAllItsConsumersTogether() {
        Hold hold = node.hold(queue);
        node.calling(() -> hold.limit(3));
        Taker one = node.consume(hold, "one", 2, false);
        Taker two = node.consume(hold, "two", 0, false);
        Taker free = node.consume(node.hold(queue), "free", 1, false);

        node.publish(queue, "a", "b", "c", "d", "e", "f");

        assertThat(one.texts().size() + two.texts().size()).isEqualTo(3);
        assertThat(free.texts()).hasSize(1);
        assertThat(node.counts(queue).ready()).isEqualTo(2);

        node.settle(hold, Settlement.ACKNOWLEDGE, one.offsets()[0]);
        assertThat(one.texts().size() + two.texts().size()).isEqualTo(4);
        node.calling(() -> hold.limit(Hold.UNLIMITED));
        assertThat(one.texts().size() + two.texts().size()).isEqualTo(5);
    }

    @Test
    void aHoldsLimitCountsWhatACancelledConsumerHasAndNoGets() {
        Hold hold = node.hold(queue);
        Taker gone = node.consume(hold, "gone", 1, false);
        node.publish(queue, "a", "b", "c", "d");
        node.calling(() -> hold.cancel("gone", () -> {}));
        node.get(hold, false);
        node.calling(() -> hold.limit(2));

        Taker taker = node.consume(hold, "c", 0, false);
        assertThat(taker.texts()).containsExactly("c");

        node.settle(hold, Settlement.ACKNOWLEDGE, gone.offsets());
        assertThat(taker.texts()).containsExactly("c", "d");
    }

    @Test
    void aHoldsLimitIsNotForConsumersThatSettleByTaking() {
        Hold hold = node.hold(queue);
        node.calling(() -> hold.limit(1));
        Taker taker = node.consume(hold, "c", 0, true);

        node.publish(queue, "a", "b", "c");

        assertThat(taker.texts()).containsExactly("a", "b", "c");
    }

    @Test
    void closingAHoldGivesEverythingBack() {
        Hold hold = node.hold(queue);
        node.consume(hold, "c", 2, false);
        node.publish(queue, "a", "b", "c");

        node.calling(hold::close);

        var counts = node.counts(queue);
        assertThat(counts.ready()).isEqualTo(3);
        assertThat(counts.consumers()).isZero();
        assertThat(node.get(node.hold(queue), true).delivery().redelivered()).isTrue();
    }

    @Test
    void exclusiveConsumersExclude() {
        node.consume(node.hold(queue), "c", 0, true);
        List<QueueOutcome> outcomes = new ArrayList<>();
        node.calling(() -> node.hold(queue)
                .consume(new ConsumerSpec("x", true, true, 0, Arguments.NONE), new Taker(), outcomes::add));
        assertThat(outcomes).containsExactly(QueueOutcome.EXCLUSIVE_USE);
    }

    @Test
    void purgeTakesWhatIsReady() {
        Hold hold = node.hold(queue);
        node.publish(queue, "a", "b", "c");
        var held = node.get(hold, false);
        List<Queues.CountsReply> replies = new ArrayList<>();

        node.calling(() -> node.queues.purge(queue, replies::add));

        assertThat(replies.getFirst().ready()).isEqualTo(2);
        assertThat(node.counts(queue).unacknowledged()).isEqualTo(1);
        node.settle(hold, Settlement.REQUEUE, held.delivery().offset());
        assertThat(node.get(hold, true).text()).isEqualTo("a");
        assertThat(node.memory.bytes).isZero();
    }

    @Test
    void deletingMindsItsConditions() {
        node.publish(queue, "a");
        assertThat(delete(false, true)).isEqualTo(QueueOutcome.NOT_EMPTY);
        Taker taker = node.consume(node.hold(queue), "c", 0, false);
        assertThat(delete(true, false)).isEqualTo(QueueOutcome.IN_USE);

        assertThat(delete(false, false)).isEqualTo(QueueOutcome.DONE);

        assertThat(taker.cancellations).isEqualTo(1);
        assertThat(node.memory.bytes).isZero();
        assertThat(node.publish(queue, "late").ends).containsExactly(Publication.End.FAILED);
        assertThat(node.get(node.hold(queue), true).outcome()).isEqualTo(QueueOutcome.GONE);
        assertThat(node.counts(queue).outcome()).isEqualTo(QueueOutcome.GONE);
    }

    private QueueOutcome delete(boolean ifUnused, boolean ifEmpty) {
        List<Queues.CountsReply> replies = new ArrayList<>();
        node.calling(() -> node.queues.delete(queue, ifUnused, ifEmpty, replies::add));
        return replies.getFirst().outcome();
    }

    @Test
    void aFullQueueRefuses() {
        QueueView small = node.inMemory(Arguments.of("x-max-length", ArgumentValue.whole(1))
                .with("x-overflow", ArgumentValue.text("reject-publish")));

        assertThat(node.publish(small, "a", "b").ends).containsExactly(Publication.End.STORED, Publication.End.REFUSED);
        assertThat(node.counts(small).ready()).isEqualTo(1);
    }

    @Test
    void messagesExpireOnTime() {
        QueueView dying = node.inMemory(Arguments.of("x-dead-letter-exchange", ArgumentValue.text("dlx")));
        node.calling(() -> node.queues.publish(dying, node.message("a", "20"), Publication.UNHEARD));

        node.advance(10);
        assertThat(node.deadLetters).isEmpty();
        node.advance(15);

        assertThat(node.deadLetters).containsExactly("a expired");
        assertThat(node.memory.bytes).isZero();
    }

    @Test
    void changedPoliciesHoldForWhatIsThere() {
        node.publish(queue, "a", "b", "c");
        var policy = new EffectivePolicy("p", "", Arguments.of("max-length", ArgumentValue.whole(1)));
        QueueView changed = node.view(queue.home(), false, Arguments.NONE, policy, 1);

        node.shard.onChanged(changed);
        node.settle();

        assertThat(node.get(node.hold(queue), true).text()).isEqualTo("c");
        assertThat(node.memory.bytes).isZero();
    }

    @Test
    void anAutoDeleteQueueGoesWithItsLastConsumer() {
        QueueView fleeting = node.autoDelete();
        Hold one = node.hold(fleeting);
        Hold two = node.hold(fleeting);
        node.publish(fleeting, "kept until somebody consumed");
        node.consume(one, "c", 0, false);
        node.consume(two, "c", 0, false);

        node.calling(() -> one.cancel("c", () -> {}));
        assertThat(node.changes).isEmpty();
        node.calling(two::close);

        assertThat(node.changes).containsExactly(new TopologyChange.DeleteQueue(fleeting.ref(), fleeting.id()));
        assertThat(node.memory.bytes).isZero();
    }

    @Test
    void whatIsAskedOfAQueueThatIsBeingDeletedWaitsAndComesTooLate() {
        Taker taker = askWhileItIsDeleted();

        node.calling(node.uncommitted.getFirst());

        assertThat(taker.outcomes).containsExactly(QueueOutcome.GONE);
        assertThat(replies).containsExactlyInAnyOrder("FAILED", "deleted DONE");
    }

    @Test
    void whatIsAskedOfAQueueThatIsNotDeletedAfterAllIsDone() {
        Taker taker = askWhileItIsDeleted();

        node.changeReply = new TopologyReply.Failed(Outcome.refused(ErrorKind.NO_MAJORITY, ""));
        node.keepChanges = false;
        node.calling(node.uncommitted.getFirst());
        node.loseHope();

        assertThat(taker.outcomes).containsExactly(QueueOutcome.DONE);
        assertThat(taker.texts()).containsExactly("a");
        assertThat(replies).containsExactlyInAnyOrder("STORED", "deleted IN_USE");
    }

    private final List<String> replies = new ArrayList<>();

    private Taker askWhileItIsDeleted() {
        node.keepChanges = true;
        var taker = new Taker();
        node.calling(() -> {
            node.queues.delete(queue, true, true, counts -> replies.add("deleted " + counts.outcome()));
            node.queues.publish(queue, node.message("a"), end -> replies.add("" + end));
        });
        node.calling(() -> node.hold(queue)
                .consume(new ConsumerSpec("c", false, false, 0, Arguments.NONE), taker, taker.outcomes::add));
        assertThat(replies).isEmpty();
        assertThat(taker.outcomes).isEmpty();
        return taker;
    }

    @Test
    void anAutoDeleteQueueIsAskedAgainToGoWhenNobodyCouldDecide() {
        QueueView fleeting = node.autoDelete();
        node.changeReply = new TopologyReply.NoVhost(new VhostName("/"));
        Hold hold = node.hold(fleeting);
        node.consume(hold, "c", 0, false);
        node.calling(hold::close);
        assertThat(node.changes).hasSize(1);

        node.changeReply = new TopologyReply.Done(true);
        node.advance(1_100);

        assertThat(node.changes).hasSize(2);
        node.advance(3_000);
        assertThat(node.changes).hasSize(2);
    }

    @Test
    void theQueueOfALiveConnectionDoesNotExpire() {
        var ref = new QueueRef(new VhostName("/"), new QueueName("q"));
        Arguments arguments = Arguments.of("x-expires", ArgumentValue.whole(100));
        var owned = new QueueView(
                new QueueSpec(ref, QueueType.CLASSIC, false, true, false, arguments),
                new TopicId(7, 1),
                new Home.InMemory(1, 1),
                Optional.of(new ConnectionId(1, 1, 1)),
                EffectivePolicy.NONE);
        node.counts(owned);

        node.advance(1_000);

        assertThat(node.changes).isEmpty();
    }

    @Test
    void anExpiringQueueGoesWhenNobodyUsesIt() {
        QueueView expiring = node.view(
                new Home.InMemory(1, 1),
                false,
                Arguments.of("x-expires", ArgumentValue.whole(100)),
                EffectivePolicy.NONE,
                1);
        node.counts(expiring);
        Hold hold = node.hold(expiring);
        node.consume(hold, "c", 0, false);
        node.advance(250);
        node.calling(() -> hold.cancel("c", () -> {}));
        node.advance(90);
        node.get(hold, true);
        node.advance(90);
        node.calling(() -> node.queues.counts(expiring, true, _ -> {}));
        node.advance(90);
        node.counts(expiring);
        assertThat(node.changes).isEmpty();

        node.advance(20);

        assertThat(node.changes).hasSize(1);
    }

    @Test
    void whoIsCancelledSettlesWhatItHasAndIsForgotten() {
        Hold hold = node.hold(queue);
        for (int round = 0; round < 3; round++) {
            node.publish(queue, "a" + round, "b" + round);
            Taker taker = node.consume(hold, "c", 0, false);
            node.calling(() -> hold.cancel("c", () -> {}));
            node.settle(hold, Settlement.ACKNOWLEDGE, taker.offsets()[0]);
            assertThat(node.counts(queue).unacknowledged()).isEqualTo(1);
            node.settle(hold, Settlement.REQUEUE, taker.offsets()[1]);
            assertThat(node.get(hold, true).text()).isEqualTo("b" + round);
        }
        assertThat(node.counts(queue).unacknowledged()).isZero();
        assertThat(node.memory.bytes).isZero();
    }

    @Test
    void aQueueThatLivesElsewhereIsUnavailable() {
        node.elsewhere.add(queue.id());

        assertThat(node.counts(queue).outcome()).isEqualTo(QueueOutcome.UNAVAILABLE);
        var told = node.publish(queue, "a");
        node.loseHope();
        assertThat(told.ends).containsExactly(Publication.End.FAILED);
    }
}
