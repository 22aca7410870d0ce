package io.millrace.broker.queue.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.InvariantViolation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The rules one by one. Messages have 10 bytes and come at time 0 unless a test says otherwise.
class QueueMachineTest {
    private static final ConsumerKey ONE = new ConsumerKey(1);
    private static final ConsumerKey TWO = new ConsumerKey(2);
    private static final ConsumerKey THREE = new ConsumerKey(3);
    private static final ConsumerOptions UNLIMITED = ConsumerOptions.prefetching(ConsumerOptions.UNLIMITED);

    private QueueMachine queue = new QueueMachine(QueueSettings.PLAIN);
    private long nowMs;

    private void queue(QueueSettings settings) {
        queue = new QueueMachine(settings);
    }

    private void publish(long... offsets) {
        for (long offset : offsets) {
            queue.enqueue(offset, MessageFacts.ofBytes(10), nowMs);
        }
    }

    private void publish(long offset, MessageFacts facts) {
        queue.enqueue(offset, facts, nowMs);
    }

    private static MessageFacts expiringAt(long ms) {
        return new MessageFacts(10, ms, MessageFacts.NO_PRIORITY, MessageFacts.AT_ONCE);
    }

    private static MessageFacts ofPriority(int priority) {
        return new MessageFacts(10, MessageFacts.NEVER, priority, MessageFacts.AT_ONCE);
    }

    private static MessageFacts dueAt(long ms) {
        return new MessageFacts(10, MessageFacts.NEVER, MessageFacts.NO_PRIORITY, ms);
    }

    /// Everything that can be delivered now, as `consumer:offset`, with a mark for what was seen before.
    private List<String> deliveries() {
        List<String> all = new ArrayList<>();
        for (Optional<Delivery> next = queue.next(nowMs); next.isPresent(); next = queue.next(nowMs)) {
            Delivery delivery = next.get();
            all.add(delivery.consumer().number() + ":" + delivery.offset() + (delivery.redelivered() ? "*" : ""));
        }
        return all;
    }

    private List<Effect> effects() {
        List<Effect> all = new ArrayList<>();
        queue.drainEffects(all::add);
        return all;
    }

    // Whose turn it is.

    @Test
    void consumersTakeTurns() {
        queue.addConsumer(ONE, UNLIMITED);
        queue.addConsumer(TWO, UNLIMITED);
        queue.addConsumer(THREE, UNLIMITED);

        publish(0, 1, 2, 3);

        assertThat(deliveries()).containsExactly("1:0", "2:1", "3:2", "1:3");
    }

    @Test
    void aConsumerThatIsFullIsPassedOver() {
        queue.addConsumer(ONE, ConsumerOptions.prefetching(1));
        queue.addConsumer(TWO, ConsumerOptions.prefetching(2));

        publish(0, 1, 2, 3, 4);

        assertThat(deliveries()).containsExactly("1:0", "2:1", "2:2");
        queue.ack(TWO, 2);
        assertThat(deliveries()).containsExactly("2:3");
    }

    @Test
    void aHigherConsumerPriorityComesFirstWhileThereIsRoom() {
        queue.addConsumer(ONE, UNLIMITED);
        queue.addConsumer(TWO, ConsumerOptions.prefetching(2).withPriority(5));

        publish(0, 1, 2, 3);

        assertThat(deliveries()).containsExactly("2:0", "2:1", "1:2", "1:3");
        queue.ack(TWO, 0);
        publish(4, 5);
        assertThat(deliveries()).containsExactly("2:4", "1:5");
    }

    @Test
    void withoutAcksPrefetchMeansNothingAndDeliveriesAreSettled() {
        queue.addConsumer(ONE, ConsumerOptions.withoutAcks());

        publish(0, 1, 2);

        assertThat(deliveries()).containsExactly("1:0", "1:1", "1:2");
        assertThat(queue.firstUnsettled()).isEqualTo(3);
        assertThat(queue.ack(ONE, 0)).isEqualTo(Settlement.UNKNOWN);
    }

    @Test
    void aPausedConsumerGetsNothingAndKeepsWhatItHas() {
        queue.addConsumer(ONE, UNLIMITED);
        publish(0, 1);
        deliveries();

        queue.pause(ONE);
        publish(2);

        assertThat(deliveries()).isEmpty();
        assertThat(queue.ack(ONE, 0)).isEqualTo(Settlement.DONE);
        queue.resume(ONE);
        assertThat(deliveries()).containsExactly("1:2");
    }

    @Test
    void aGrantIsSpentByDeliveries() {
        queue.addConsumer(ONE, UNLIMITED);
        queue.grant(ONE, 2);
        publish(0, 1, 2, 3);

        assertThat(deliveries()).containsExactly("1:0", "1:1");
        queue.ack(ONE, 0);
        assertThat(deliveries()).isEmpty();
        queue.grant(ONE, Integer.MAX_VALUE);
        assertThat(deliveries()).containsExactly("1:2", "1:3");
    }

    @Test
    void anExclusiveConsumerIsAlone() {
        assertThat(queue.addConsumer(ONE, UNLIMITED.exclusively())).isEqualTo(Consuming.STARTED);
        assertThat(queue.addConsumer(TWO, UNLIMITED)).isEqualTo(Consuming.HELD_EXCLUSIVELY);

        queue.cancel(ONE);

        assertThat(queue.addConsumer(TWO, UNLIMITED)).isEqualTo(Consuming.STARTED);
        assertThat(queue.addConsumer(THREE, UNLIMITED.exclusively())).isEqualTo(Consuming.NOT_ALONE);
    }

    @Test
    void theSingleActiveConsumerStaysUntilItGoes() {
        queue(QueueSettings.PLAIN.withSingleActive(true));
        queue.addConsumer(ONE, ConsumerOptions.prefetching(1));
        queue.addConsumer(TWO, UNLIMITED.withPriority(1));
        queue.addConsumer(THREE, UNLIMITED.withPriority(2));
        assertThat(queue.addConsumer(new ConsumerKey(4), UNLIMITED.exclusively()))
                .isEqualTo(Consuming.NOT_ALONE);
        publish(0, 1, 2);

        assertThat(deliveries()).containsExactly("1:0"); // full, and still nobody else's turn
        assertThat(queue.activeConsumer()).contains(ONE);
        queue.remove(ONE);

        assertThat(queue.activeConsumer()).contains(THREE);
        assertThat(deliveries()).containsExactly("3:0*", "3:1", "3:2");
        queue.cancel(THREE);
        assertThat(queue.activeConsumer()).contains(TWO);
    }

    @Test
    void whatACancelledConsumerHoldsItMaySettle() {
        queue.addConsumer(ONE, UNLIMITED);
        publish(0, 1);
        deliveries();

        queue.cancel(ONE);

        assertThat(queue.counts().consumers()).isZero();
        assertThat(queue.counts().unacked()).isEqualTo(2);
        assertThat(queue.ack(ONE, 1)).isEqualTo(Settlement.DONE);
        assertThat(queue.remove(ONE)).isEqualTo(1);
        assertThat(queue.counts().ready()).isEqualTo(1);
    }

    @Test
    void aKeyIsUsedOnce() {
        queue.addConsumer(ONE, UNLIMITED);

        assertThatThrownBy(() -> queue.addConsumer(ONE, UNLIMITED)).isInstanceOf(InvariantViolation.class);
        publish(0);
        assertThatThrownBy(() -> queue.get(ONE, false, 0)).isInstanceOf(InvariantViolation.class);
    }

    // Settlement.

    @Test
    void settlingTwiceIsToldAndChangesNothing() {
        queue.addConsumer(ONE, UNLIMITED);
        queue.addConsumer(TWO, UNLIMITED);
        publish(0, 1);
        deliveries();

        assertThat(queue.ack(TWO, 0)).isEqualTo(Settlement.UNKNOWN); // somebody else's
        assertThat(queue.ack(ONE, 0)).isEqualTo(Settlement.DONE);
        assertThat(queue.ack(ONE, 0)).isEqualTo(Settlement.UNKNOWN);
        assertThat(queue.reject(ONE, 0, true)).isEqualTo(Settlement.UNKNOWN);
        assertThat(queue.ack(ONE, 7)).isEqualTo(Settlement.UNKNOWN); // never was
        assertThat(queue.deadLettered(1)).isEqualTo(Settlement.UNKNOWN); // not given up

        assertThat(queue.counts().unacked()).isEqualTo(1);
        assertThat(queue.firstUnsettled()).isEqualTo(1);
    }

    @Test
    void whatComesBackTakesItsOldPlace() {
        queue.addConsumer(ONE, ConsumerOptions.prefetching(3));
        publish(0, 1, 2, 3, 4);
        deliveries();

        queue.reject(ONE, 2, true);
        queue.reject(ONE, 0, true);

        assertThat(deliveries()).containsExactly("1:0*", "1:2*");
    }

    @Test
    void everyReturnCountsAndOneMoreThanTheLimitIsTooMany() {
        queue(QueueSettings.PLAIN.withDeliveryLimit(1).withDeadLetters(true));
        queue.addConsumer(ONE, UNLIMITED);
        publish(0);

        assertThat(queue.next(0)).contains(new Delivery(ONE, 0, false, 0));
        queue.reject(ONE, 0, true);
        assertThat(queue.next(0)).contains(new Delivery(ONE, 0, true, 1));
        assertThat(queue.recover(ONE)).isEqualTo(1);

        assertThat(deliveries()).isEmpty();
        assertThat(effects()).containsExactly(new Effect.DeadLetter(0, Reason.DELIVERY_LIMIT));
    }

    @Test
    void aDeadLetterIsUnsettledUntilItIsSafe() {
        queue(QueueSettings.PLAIN.withDeadLetters(true));
        queue.addConsumer(ONE, UNLIMITED);
        publish(0);
        deliveries();

        queue.reject(ONE, 0, false);

        assertThat(effects()).containsExactly(new Effect.DeadLetter(0, Reason.REJECTED));
        assertThat(queue.firstUnsettled()).isZero();
        assertThat(queue.deadLettered(0)).isEqualTo(Settlement.DONE);
        assertThat(queue.firstUnsettled()).isEqualTo(1);
        assertThat(queue.deadLettered(0)).isEqualTo(Settlement.UNKNOWN);
    }

    @Test
    void aDeadLetterMayBeSafeAtOnce() {
        queue(QueueSettings.PLAIN.withDeadLetters(true));
        publish(0, expiringAt(5));
        publish(1, expiringAt(5));
        queue.enforce(5);

        queue.drainEffects(effect -> {
            if (effect instanceof Effect.DeadLetter(long offset, Reason _)) {
                assertThat(queue.deadLettered(offset)).isEqualTo(Settlement.DONE);
            }
        });

        assertThat(queue.counts().deadLettering()).isZero();
        assertThat(queue.firstUnsettled()).isEqualTo(2);
    }

    @Test
    void gettingTakesOneAndHoldsIt() {
        publish(0, 1, 2);

        assertThat(queue.get(ONE, false, 0)).contains(new Delivery(ONE, 0, false, 0));
        assertThat(queue.get(ONE, true, 0)).contains(new Delivery(ONE, 1, false, 0));
        assertThat(queue.counts().unacked()).isEqualTo(1);
        assertThat(queue.ack(ONE, 1)).isEqualTo(Settlement.UNKNOWN);
        assertThat(queue.remove(ONE)).isEqualTo(1);
        assertThat(queue.get(TWO, true, 0)).contains(new Delivery(TWO, 0, true, 1));
    }

    // Order.

    @Test
    void higherPrioritiesComeFirst() {
        queue(QueueSettings.PLAIN.withPriorities(Priorities.upTo(5)));
        publish(0);
        publish(1, ofPriority(3));
        publish(2, ofPriority(200)); // counts as the highest
        publish(3, ofPriority(5));
        publish(4, ofPriority(0));
        queue.addConsumer(ONE, UNLIMITED);

        assertThat(deliveries()).containsExactly("1:2", "1:3", "1:1", "1:0", "1:4");
    }

    @Test
    void strictPrioritiesPutFourWhereNoneIsNamed() {
        queue(QueueSettings.PLAIN.withPriorities(Priorities.STRICT));
        publish(0, ofPriority(3));
        publish(1);
        publish(2, ofPriority(4));
        publish(3, ofPriority(5));
        queue.addConsumer(ONE, UNLIMITED);

        assertThat(deliveries()).containsExactly("1:3", "1:1", "1:2", "1:0");
    }

    @Test
    void delayedMessagesComeInWhenTheyAreDue() {
        publish(0, dueAt(30));
        publish(1, dueAt(20));
        publish(2, dueAt(20));
        publish(3);
        queue.addConsumer(ONE, ConsumerOptions.prefetching(1));

        assertThat(deliveries()).containsExactly("1:3");
        assertThat(queue.delayed(2)).containsExactly(new DelayedMessage(20, 1), new DelayedMessage(20, 2));
        assertThat(queue.nextDeadlineMs()).isEqualTo(20);

        nowMs = 25;
        publish(4); // behind what was due before it came
        nowMs = 40;
        queue.ack(ONE, 3);
        queue.grant(ONE, 1);
        assertThat(deliveries()).containsExactly("1:1");
        queue.reject(ONE, 1, true);
        queue.addConsumer(TWO, UNLIMITED);

        assertThat(deliveries()).containsExactly("2:1*", "2:2", "2:4", "2:0");
    }

    // Expiry and limits.

    @Test
    void aMessageWithoutTimeGoesToWhoeverWaits() {
        queue(QueueSettings.PLAIN.withMessageTtlMs(0));
        queue.addConsumer(ONE, ConsumerOptions.prefetching(1));
        publish(0, 1);

        assertThat(deliveries()).containsExactly("1:0");
        assertThat(queue.nextDeadlineMs()).isEqualTo(nowMs);
        queue.enforce(nowMs);

        assertThat(effects()).containsExactly(new Effect.Dropped(1, Reason.EXPIRED));
    }

    @Test
    void whatExpiresNeedNotBeFirst() {
        queue(QueueSettings.PLAIN.withDeadLetters(true));
        publish(0);
        publish(1, expiringAt(10));
        publish(2, expiringAt(5));

        queue.enforce(9);
        assertThat(effects()).containsExactly(new Effect.DeadLetter(2, Reason.EXPIRED));
        assertThat(queue.nextDeadlineMs()).isEqualTo(10);
        queue.enforce(10);
        assertThat(effects()).containsExactly(new Effect.DeadLetter(1, Reason.EXPIRED));
    }

    @Test
    void whatIsHeldDoesNotExpireUntilItComesBack() {
        queue.addConsumer(ONE, UNLIMITED);
        publish(0, expiringAt(10));
        deliveries();

        queue.enforce(20);
        assertThat(effects()).isEmpty();
        queue.reject(ONE, 0, true);
        nowMs = 20;

        assertThat(deliveries()).isEmpty();
        assertThat(effects()).containsExactly(new Effect.Dropped(0, Reason.EXPIRED));
    }

    @Test
    void theShorterOfBothTimesCounts() {
        queue(QueueSettings.PLAIN.withMessageTtlMs(100));
        publish(0, expiringAt(500));
        publish(1, expiringAt(50));
        publish(2, dueAt(1_000));

        queue.enforce(50);
        queue.enforce(100);

        assertThat(effects())
                .containsExactly(new Effect.Dropped(1, Reason.EXPIRED), new Effect.Dropped(0, Reason.EXPIRED));
        queue.enforce(1_099);
        assertThat(queue.counts().ready()).isEqualTo(1);
        queue.enforce(1_100); // its time in the queue began when it was due
        assertThat(queue.counts().ready()).isZero();
    }

    @Test
    void tooManyToGiveUpAtOnceAreDoneInTurns() {
        for (int offset = 0; offset < 2_500; offset++) {
            publish(offset, expiringAt(10));
        }

        queue.enforce(10);
        assertThat(queue.counts().ready()).isEqualTo(1_500);
        assertThat(queue.nextDeadlineMs()).isLessThanOrEqualTo(10);
        queue.enforce(10);
        queue.enforce(10);

        assertThat(queue.counts().ready()).isZero();
        assertThat(queue.nextDeadlineMs()).isEqualTo(MessageFacts.NEVER);
    }

    @Test
    void theOldestGoesWhenThereAreTooMany() {
        queue(QueueSettings.PLAIN.withLengthMax(2, Overflow.DROP_HEAD));
        queue.addConsumer(ONE, ConsumerOptions.prefetching(1));
        publish(0, 1, 2, 3);
        assertThat(deliveries()).containsExactly("1:0"); // not counted: it never waited

        queue.enforce(nowMs);

        assertThat(effects()).containsExactly(new Effect.Dropped(1, Reason.MAX_LENGTH));
        queue.change(QueueSettings.PLAIN.withBytesMax(15, Overflow.DROP_HEAD));
        assertThat(queue.nextDeadlineMs()).isLessThanOrEqualTo(nowMs);
        queue.enforce(nowMs);
        assertThat(effects()).containsExactly(new Effect.Dropped(2, Reason.MAX_LENGTH));
    }

    @Test
    void aFullQueueRefuses() {
        queue(QueueSettings.PLAIN.withLengthMax(2, Overflow.REJECT_PUBLISH));

        assertThat(queue.admit(10, 0)).isEqualTo(Admission.ACCEPTED);
        publish(0);
        assertThat(queue.admit(10, 0)).isEqualTo(Admission.ACCEPTED);
        assertThat(queue.admit(10, 0)).isEqualTo(Admission.REFUSED); // the second is on its way
        queue.withdraw(10);
        assertThat(queue.admit(10, 0)).isEqualTo(Admission.ACCEPTED);
        publish(1);

        queue.change(QueueSettings.PLAIN
                .withBytesMax(25, Overflow.REJECT_PUBLISH_DLX)
                .withDeadLetters(true));
        assertThat(queue.admit(6, 0)).isEqualTo(Admission.REFUSED_TO_DEAD_LETTERS);
        assertThat(queue.admit(5, 0)).isEqualTo(Admission.ACCEPTED);
    }

    @Test
    void aPurgeLeavesWhatIsHeldOrNotDue() {
        queue.addConsumer(ONE, ConsumerOptions.prefetching(1));
        publish(0, 1);
        publish(2, dueAt(100));
        publish(3);
        deliveries();

        Purged purged = queue.purge();

        assertThat(purged.messages()).isEqualTo(2);
        assertThat(purged.offsets().contains(1)).isTrue();
        assertThat(purged.offsets().contains(2)).isFalse();
        assertThat(queue.counts()).isEqualTo(new QueueCounts(0, 0, 1, 10, 1, 10, 0, 1));
    }

    // Restarts.

    @Test
    void whatWasHeldComesBackFirst() {
        queue.addConsumer(ONE, ConsumerOptions.prefetching(2));
        publish(0, 1, 2, 3);
        deliveries();
        queue.ack(ONE, 0);
        deliveries();

        restart(Restart.CLEAN, 0, 1, 2, 3);
        queue.addConsumer(TWO, UNLIMITED);

        assertThat(queue.firstUnsettled()).isEqualTo(1);
        assertThat(deliveries()).containsExactly("2:1*", "2:2*", "2:3");
    }

    @Test
    void afterACrashAnythingMayHaveBeenSeen() {
        publish(0, 1);
        restart(Restart.CRASHED, 0, 1, 2);
        publish(3);
        queue.addConsumer(ONE, UNLIMITED);

        assertThat(deliveries()).containsExactly("1:0*", "1:1*", "1:2*", "1:3");
    }

    @Test
    void aDeadLetterThatWasNotSafeIsToldAgain() {
        queue(QueueSettings.PLAIN.withDeadLetters(true));
        publish(0, expiringAt(5));
        queue.enforce(5);

        queue = QueueMachine.restore(QueueSettings.PLAIN.withDeadLetters(true), queue.snapshot(), Restart.CRASHED);
        publish(0, expiringAt(5));
        queue.replayed(10);

        assertThat(effects()).containsExactly(new Effect.DeadLetter(0, Reason.EXPIRED));
    }

    @Test
    void nothingElseHappensWhileTheLogIsRead() {
        queue = QueueMachine.restore(QueueSettings.PLAIN, Snapshot.startingAt(5), Restart.CLEAN);

        assertThat(queue.firstUnsettled()).isEqualTo(5);
        assertThatThrownBy(() -> queue.next(0)).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(queue::snapshot).isInstanceOf(InvariantViolation.class);
        queue.replayed(0);
        assertThatThrownBy(() -> queue.replayed(0)).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> publish(4)).isInstanceOf(InvariantViolation.class);
    }

    private void restart(Restart restart, long... log) {
        queue = QueueMachine.restore(QueueSettings.PLAIN, queue.snapshot(), restart);
        publish(log);
        queue.replayed(nowMs);
    }
}
