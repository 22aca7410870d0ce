package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.queue.QueueFixture.Taker;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ErrorKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Queues on logs: what is stored when, what is read back, and what a next life of the node finds.
class LogQueueTest {
    private QueueFixture node = new QueueFixture();
    private QueueView queue = node.durable(Arguments.NONE);

    private void nextLife(int survivors) {
        FakeQueueLog log = node.log;
        var next = new QueueFixture(node.clock, log);
        log.crash(next.there, survivors);
        node = next;
        queue = node.durable(Arguments.NONE);
    }

    @Test
    void nothingIsReadyBeforeItIsSafe() {
        node.counts(queue);
        node.log.holding = true;
        Taker taker = node.consume(node.hold(queue), "c", 0, false);

        var told = node.publish(queue, "a", "b");

        assertThat(told.ends).isEmpty();
        assertThat(taker.texts()).isEmpty();
        assertThat(node.log.unconfirmed()).as("one batch for one turn").isEqualTo(1);
        node.log.confirm(1);
        node.settle();
        assertThat(told.ends).containsExactly(Publication.End.STORED, Publication.End.STORED);
        assertThat(taker.texts()).containsExactly("a", "b");
    }

    @Test
    void whatIsAskedWhileTheQueueIsLoadedIsDoneAfterwardsInOrder() {
        Taker taker = new Taker();
        var told = new QueueFixture.Told();
        List<String> replies = new ArrayList<>();
        Hold hold = node.hold(queue);
        node.onConnection(() -> {
            node.queues.publish(queue, node.message("a"), told);
            hold.consume(new ConsumerSpec("c", false, false, 0, Arguments.NONE), taker, taker.outcomes::add);
            hold.cancel("c", () -> replies.add("cancelled"));
            node.queues.counts(queue, false, counts -> replies.add("consumers " + counts.consumers()));
        });
        node.settle();

        assertThat(told.ends).containsExactly(Publication.End.STORED);
        assertThat(taker.outcomes).containsExactly(QueueOutcome.DONE);
        assertThat(replies).containsExactly("cancelled", "consumers 0");
    }

    @Test
    void aDeadDiskRefusesPublishersAndNotConsumers() {
        node.publish(queue, "a");
        node.log.refuseWith = ErrorKind.STORAGE_ERROR;

        assertThat(node.publish(queue, "b").ends).containsExactly(Publication.End.FAILED);

        Taker taker = node.consume(node.hold(queue), "c", 0, true);
        assertThat(taker.texts()).containsExactly("a");
        assertThat(taker.cancellations).isZero();
        node.log.refuseWith = ErrorKind.NONE;
        assertThat(node.publish(queue, "c").ends).containsExactly(Publication.End.STORED);
        assertThat(taker.texts()).containsExactly("a", "c");
    }

    @Test
    void anAppendInDoubtIsRefusedAndConsumersGoOn() {
        Hold hold = node.hold(queue);
        Taker taker = node.consume(hold, "c", 1, false);
        node.publish(queue, "a", "b");
        node.log.refuseWith = ErrorKind.NOT_ENOUGH_REPLICAS_AFTER_APPEND;

        var told = node.publish(queue, "c");
        node.log.refuseWith = ErrorKind.NONE;

        assertThat(told.ends).containsExactly(Publication.End.FAILED);
        assertThat(taker.cancellations).isZero();
        node.publish(queue, "d");
        for (int settled = 0; settled < taker.deliveries.size(); settled++) {
            node.settle(
                    hold, Settlement.ACKNOWLEDGE, taker.deliveries.get(settled).offset());
        }
        assertThat(taker.texts()).containsExactly("a", "b", "d");
        assertThat(taker.deliveries).noneMatch(Delivery::redelivered);
    }

    @Test
    void aMessageThatCanNotBeWrittenDownCostsNobodyElseTheirs() {
        node.counts(queue);
        node.log.unspeakable = "c";
        List<String> told = new ArrayList<>();
        node.onConnection(() -> List.of("a", "b", "c", "d", "e")
                .forEach(text -> node.queues.publish(queue, node.message(text), end -> told.add(text + " " + end))));
        node.settleInSpiteOfFaults();

        assertThat(told).containsExactlyInAnyOrder("a STORED", "b STORED", "c FAILED", "d STORED", "e STORED");
        assertThat(node.consume(node.hold(queue), "c", 0, true).texts()).containsExactly("a", "b", "d", "e");
    }

    @Test
    void aLostLeadershipTellsEverybodyOnce() {
        Hold hold = node.hold(queue);
        Taker taker = node.consume(hold, "c", 0, false);
        node.publish(queue, "a");
        node.log.holding = true;
        var told = node.publish(queue, "b");
        node.elsewhere.add(queue.id());

        node.shard.onLeader(queue.id(), Optional.empty());
        node.settle();
        node.log.confirm(1);
        node.settle();

        assertThat(told.ends).containsExactly(Publication.End.FAILED);
        assertThat(node.counts(queue).outcome()).isEqualTo(QueueOutcome.UNAVAILABLE);
        node.calling(hold::close);
        assertThat(taker.cancellations).as("it goes on when there is a leader").isZero();
        assertThat(node.cache.bytes).isZero();
    }

    @Test
    void aQueueThatIsLoadedAgainByWhoKnowsItFromBeforeHasThePoliciesInForce() {
        node.publish(queue, "a");
        var policy = new EffectivePolicy("p", "", Arguments.of("max-length", ArgumentValue.whole(1)));
        QueueView changed = node.view(queue.home(), false, Arguments.NONE, policy, 1);
        node.shard.onChanged(changed);
        node.settle();

        node.shard.onLeader(queue.id(), Optional.empty());
        node.settle();
        node.publish(queue, "b", "c");

        assertThat(node.counts(queue).ready()).isEqualTo(1);
    }

    @Test
    void aConsumerThatWantsToHearsOfAnotherLeader() {
        Hold hold = node.hold(queue);
        Taker wants = new Taker();
        Arguments arguments = Arguments.of("x-cancel-on-ha-failover", ArgumentValue.bool(true));
        node.calling(
                () -> hold.consume(new ConsumerSpec("wants", false, false, 1, arguments), wants, wants.outcomes::add));
        Taker other = node.consume(hold, "other", 1, false);

        node.shard.onLeader(queue.id(), Optional.empty());
        node.advance(20);

        assertThat(wants.cancellations).isEqualTo(1);
        assertThat(other.cancellations).isZero();
        node.publish(queue, "a");
        assertThat(other.texts()).containsExactly("a");
    }

    @Test
    void aCrashBringsBackWhatWasNotSettledMarkedAsRedelivered() {
        Hold hold = node.hold(queue);
        Taker taker = node.consume(hold, "c", 2, false);
        node.publish(queue, "a", "b", "c");
        node.settle(hold, Settlement.ACKNOWLEDGE, taker.offsets()[1]);
        node.advance(100);
        assertThat(node.log.checkpoints()).isPositive();

        nextLife(0);

        Taker next = node.consume(node.hold(queue), "c", 0, false);
        assertThat(next.texts()).containsExactly("a", "c");
        assertThat(next.deliveries).allMatch(Delivery::redelivered);
    }

    @Test
    void anOrderlyEndMarksOnlyWhatSomebodySaw() {
        Hold hold = node.hold(queue);
        Taker taker = node.consume(hold, "c", 2, false);
        node.publish(queue, "a", "b", "c", "d");
        node.settle(hold, Settlement.ACKNOWLEDGE, taker.offsets()[1]);
        List<String> stopped = new ArrayList<>();
        node.calling(hold::close);
        node.shard.stop(() -> stopped.add("stopped"));
        node.settle();
        assertThat(stopped).containsExactly("stopped");
        assertThat(node.cache.bytes).isZero();

        nextLife(0);

        Taker next = node.consume(node.hold(queue), "c", 0, false);
        assertThat(next.texts()).containsExactly("a", "c", "d");
        assertThat(next.deliveries.stream().map(Delivery::redelivered)).containsExactly(true, true, false);

        nextLife(0); // a crash: the orderly end before it is not taken for its own
        Taker last = node.consume(node.hold(queue), "c", 0, false);
        assertThat(last.deliveries).hasSize(3).allMatch(Delivery::redelivered);
    }

    @Test
    void aQueueThatNeverHadAMessageIsNotWrittenToWhenTheNodeStops() {
        assertThat(node.counts(queue).ready()).isZero();
        List<String> stopped = new ArrayList<>();

        node.shard.stop(() -> stopped.add("stopped"));
        node.settle();

        assertThat(stopped).containsExactly("stopped");
        assertThat(node.log.checkpoints()).isZero();
        nextLife(0);
        node.publish(queue, "a");
        assertThat(node.get(node.hold(queue), true).delivery().redelivered()).isFalse();
    }

    @Test
    void stoppingWaitsForWhatIsOnItsWay() {
        node.counts(queue);
        node.log.holding = true;
        var told = node.publish(queue, "a");
        List<String> stopped = new ArrayList<>();
        node.shard.stop(() -> stopped.add("stopped"));
        node.settle();
        assertThat(stopped).isEmpty();

        node.log.holding = false;
        node.log.confirm(1);
        node.settle();
        assertThat(told.ends).containsExactly(Publication.End.STORED);
        assertThat(stopped).containsExactly("stopped");

        nextLife(0);
        var got = node.get(node.hold(queue), true);
        assertThat(got.text()).isEqualTo("a");
        assertThat(got.delivery().redelivered()).isFalse();
    }

    @Test
    void whatHasNoRoomInMemoryIsReadBackInPieces() {
        node.cache.bytesMax = 0;
        node.log.batchesPerFetch = 50;
        for (int at = 0; at < 500; at++) {
            node.publish(queue, "m" + at);
        }
        int before = node.log.fetches;

        Taker taker = node.consume(node.hold(queue), "c", 1, true);

        assertThat(taker.texts())
                .containsExactlyElementsOf(
                        IntStream.range(0, 500).mapToObj(at -> "m" + at).toList());
        assertThat(node.log.fetches - before).isLessThanOrEqualTo(11);
        assertThat(node.log.openSlices).isZero();
        assertThat(node.cache.bytes).isZero();
    }

    @Test
    void aGetWaitsForItsMessageToBeRead() {
        node.cache.bytesMax = 0;
        node.publish(queue, "a", "b");
        Hold hold = node.hold(queue);

        var got = node.get(hold, false);

        assertThat(got.text()).isEqualTo("a");
        assertThat(got.readyAfter()).isEqualTo(1);
        node.settle(hold, Settlement.REQUEUE, got.delivery().offset());
        assertThat(node.get(hold, true).text()).isEqualTo("a");
        assertThat(node.get(hold, true).text()).isEqualTo("b");
    }

    @Test
    void transientMessagesDoNotOutliveTheNodeAndOutliveALostLeadership() {
        node.calling(() -> {
            node.queues.publish(queue, node.message("a", QueueFixture.TRANSIENT), Publication.UNHEARD);
            node.queues.publish(queue, node.message("b"), Publication.UNHEARD);
        });
        node.shard.onLeader(queue.id(), Optional.empty());
        assertThat(node.counts(queue).ready()).isEqualTo(2);
        node.advance(5);

        nextLife(0);

        assertThat(node.get(node.hold(queue), true).text()).isEqualTo("b");
        assertThat(node.get(node.hold(queue), true).text()).isEqualTo("nothing");
    }

    @Test
    void aReadThatFailsIsTriedAgain() {
        node.cache.bytesMax = 0;
        node.publish(queue, "a");
        node.log.readsFailWith = ErrorKind.STORAGE_ERROR;
        Taker taker = node.consume(node.hold(queue), "c", 1, true);
        assertThat(taker.texts()).isEmpty();

        node.log.readsFailWith = ErrorKind.NONE;
        node.advance(300);

        assertThat(taker.texts()).containsExactly("a");
    }

    /// One batch a message.
    private void publishOneByOne(int count) {
        for (int at = 0; at < count; at++) {
            node.publish(queue, "m" + at);
        }
    }

    @Test
    void whatIsDamagedForGoodIsSkippedAndTold() {
        node.cache.bytesMax = 0;
        publishOneByOne(8);
        List<Long> offsets = node.log.messageBatches();
        node.log.damaged.addAll(offsets.subList(2, 5));
        node.log.damaged.add(offsets.get(7));

        Hold hold = node.hold(queue);
        Taker taker = node.consume(hold, "c", 2, false);
        for (int settled = 0; settled < taker.deliveries.size(); settled++) {
            node.settle(
                    hold, Settlement.ACKNOWLEDGE, taker.deliveries.get(settled).offset());
        }

        assertThat(taker.texts()).containsExactly("m0", "m1", "m5", "m6");
        assertThat(node.lost).containsExactly("1 of 2..4", "1 of 2..4", "1 of 2..4", "1 of 7..7");
        assertThat(node.counts(queue).unacknowledged()).isZero();
    }

    private String[] texts(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(at -> prefix + at).toArray(String[]::new);
    }

    @Test
    void whatIsSoundBetweenTwoDamagedPlacesIsNotLost() {
        node.cache.bytesMax = 0;
        node.publish(queue, texts("a", 40));
        node.publish(queue, texts("b", 20));
        node.publish(queue, texts("c", 68));
        node.publish(queue, texts("d", 65));
        List<Long> offsets = node.log.messageBatches();
        assertThat(offsets).as("one batch for one turn").hasSize(4);
        node.log.damaged.addAll(List.of(offsets.get(0), offsets.get(2)));

        Taker taker = node.consume(node.hold(queue), "c", 0, true);

        assertThat(taker.texts()).hasSize(20 + 65).contains("b0", "b19", "d0", "d64");
    }

    @Test
    void theEndOfALongHoleIsFoundInReasonableTime() {
        node.cache.bytesMax = 0;
        for (int turn = 0; turn < 40; turn++) {
            node.publish(queue, texts("a", 1_000));
        }
        node.publish(queue, "b");
        List<Long> offsets = node.log.messageBatches();
        node.log.damaged.addAll(offsets.subList(0, offsets.size() - 1));
        int before = node.log.fetches;

        assertThat(node.get(node.hold(queue), true).text()).isEqualTo("b");
        assertThat(node.log.fetches - before).isLessThan(30_000);
    }

    @Test
    void aGetGoesOnBehindDamage() {
        node.cache.bytesMax = 0;
        publishOneByOne(3);
        node.log.damaged.add(node.log.messageBatches().getFirst());

        assertThat(node.get(node.hold(queue), true).text()).isEqualTo("m1");
        assertThat(node.lost).containsExactly("1 of 0..0");
        assertThat(node.counts(queue).ready()).isEqualTo(1);
    }

    @Test
    void whatLiesBelowTheLogsBeginningIsLost() {
        node.cache.bytesMax = 0;
        publishOneByOne(5);
        node.log.start = node.log.messageBatches().get(3);

        Taker taker = node.consume(node.hold(queue), "c", 0, true);

        assertThat(taker.texts()).containsExactly("m3", "m4");
        assertThat(node.lost).containsExactly("3 of 0..2");
        node.advance(100);
        assertThat(node.counts(queue).ready()).isZero();
    }

    @Test
    void aDamagedLogIsLoadedWithWhatIsSoundOfIt() {
        publishOneByOne(8);
        List<Long> offsets = node.log.messageBatches();
        node.log.damaged.addAll(List.of(offsets.get(0), offsets.get(3), offsets.get(4)));

        nextLife(0);

        Taker taker = node.consume(node.hold(queue), "c", 0, true);
        assertThat(taker.texts()).containsExactly("m1", "m2", "m5", "m6", "m7");
        assertThat(node.lost).hasSize(2);
    }

    @Test
    void damageThatOthersMayRepairIsWaitedFor() {
        node.cache.bytesMax = 0;
        publishOneByOne(2);
        node.log.readsFailWith = ErrorKind.STORAGE_ERROR;

        Taker taker = node.consume(node.hold(queue), "c", 0, true);
        node.advance(5_000);

        assertThat(taker.texts()).isEmpty();
        assertThat(node.lost).isEmpty();
        node.log.readsFailWith = ErrorKind.NONE;
        node.advance(1_000);
        assertThat(taker.texts()).containsExactly("m0", "m1");
    }

    @Test
    void aDeadLetterStaysUntilItIsStoredAndIsOfferedLessAndLessOften() {
        QueueView source = node.durable(Arguments.of("x-dead-letter-exchange", ArgumentValue.text("dlx")));
        node.unreachable = Set.of(new ToQueue("dead"));
        node.publish(source, "a");
        Hold hold = node.hold(source);
        node.settle(hold, Settlement.REJECT, node.get(hold, false).delivery().offset());

        node.advance(1_000 + 2_000 + 4_000 + 100);
        assertThat(node.deadLetters)
                .containsExactly(
                        "a rejected",
                        "a rejected only [ToQueue[queue=dead]]",
                        "a rejected only [ToQueue[queue=dead]]",
                        "a rejected only [ToQueue[queue=dead]]");

        FakeQueueLog log = node.log;
        var next = new QueueFixture(node.clock, log);
        log.crash(next.there, 0);
        node = next;
        node.counts(source);
        node.settle();
        assertThat(node.deadLetters).containsExactly("a rejected");
        node.advance(6_000);
        assertThat(node.log.start).isEqualTo(1);
    }

    @Test
    void lettersThatNobodyTakesAreNeitherManyNorHeldInMemory() {
        QueueView source = node.durable(Arguments.of("x-dead-letter-exchange", ArgumentValue.text("dlx"))
                .with("x-max-length", ArgumentValue.whole(0)));
        node.cache.bytesMax = 0;
        node.unreachable = Set.of(new ToQueue("dead"));
        publishTo(source, 1_000);
        assertThat(node.deadLetters).hasSize(256);

        node.unreachable = Set.of();
        node.advance(70_000);

        assertThat(node.deadLetters).hasSizeGreaterThanOrEqualTo(1_000 + 256);
        assertThat(node.log.start).isGreaterThanOrEqualTo(1_000);
    }

    private void publishTo(QueueView target, int count) {
        node.publish(target, IntStream.range(0, count).mapToObj(at -> "m" + at).toArray(String[]::new));
    }

    @Test
    void theLogsBeginningFollowsWhatIsSettled() {
        Hold hold = node.hold(queue);
        Taker taker = node.consume(hold, "c", 0, false);
        node.publish(queue, "a", "b", "c");
        node.settle(hold, Settlement.ACKNOWLEDGE, taker.offsets()[0], taker.offsets()[1]);

        node.advance(6_000);

        assertThat(node.log.start).isEqualTo(taker.offsets()[2]);
        nextLife(0);
        assertThat(node.get(node.hold(queue), true).text()).isEqualTo("c");
    }

    @Test
    void aDiskTooFullForACheckpointIsMadeRoomOn() {
        Hold hold = node.hold(queue);
        Taker taker = node.consume(hold, "c", 0, false);
        node.publish(queue, "a", "b", "c", "d");
        node.log.refuseWith = ErrorKind.STORAGE_ERROR;

        node.settle(hold, Settlement.ACKNOWLEDGE, taker.offsets()[0], taker.offsets()[1], taker.offsets()[3]);
        node.advance(7_000);
        assertThat(node.log.start).isEqualTo(taker.offsets()[2]);

        node.settle(hold, Settlement.ACKNOWLEDGE, taker.offsets()[2]);
        node.advance(7_000);
        assertThat(node.log.start).isEqualTo(node.log.highWatermark);

        node.log.refuseWith = ErrorKind.NONE;
        node.publish(queue, "e");
        assertThat(taker.texts()).endsWith("d", "e");
        nextLife(0);
        assertThat(node.get(node.hold(queue), true).text()).isEqualTo("e");
        assertThat(node.get(node.hold(queue), true).text()).isEqualTo("nothing");
    }

    @Test
    void whatComesAfterRoomWasMadeIsNotSweptAway() {
        Hold hold = node.hold(queue);
        Taker taker = node.consume(hold, "c", 0, false);
        node.publish(queue, "a");
        node.log.refuseWith = ErrorKind.STORAGE_ERROR;
        node.settle(hold, Settlement.ACKNOWLEDGE, taker.offsets());
        node.advance(500); // the log is about to be emptied

        node.log.refuseWith = ErrorKind.NONE;
        node.publish(queue, "b");
        node.advance(7_000);
        nextLife(0);

        assertThat(node.get(node.hold(queue), true).text()).isEqualTo("b");
    }

    @Test
    void checkpointsComeAtOnceAfterAnAckAndNotForEveryOne() {
        Hold hold = node.hold(queue);
        Taker taker = node.consume(hold, "c", 0, false);
        node.publish(queue, IntStream.range(0, 900).mapToObj(at -> "m" + at).toArray(String[]::new));
        for (long offset : taker.offsets()) {
            node.settle(hold, Settlement.ACKNOWLEDGE, offset);
        }
        assertThat(node.log.checkpoints()).isEqualTo(1);

        node.advance(60);
        assertThat(node.log.checkpoints()).isEqualTo(2);
        node.advance(1_000);
        assertThat(node.log.checkpoints()).isEqualTo(2);
    }

    @Test
    void manyMessagesAloneAreReasonEnoughForACheckpoint() {
        node.counts(queue);
        String[] texts = IntStream.range(0, 10_000).mapToObj(at -> "m" + at).toArray(String[]::new);
        node.publish(queue, texts);
        node.advance(20);
        assertThat(node.log.checkpoints()).isEqualTo(1);

        nextLife(0);
        assertThat(node.counts(queue).ready()).isEqualTo(10_000);
    }

    @Test
    void aLeadershipThatIsOnItsWayIsWaitedFor() {
        node.publish(queue, "a");
        nextLife(0);
        node.log.readsFailWith = ErrorKind.NOT_LEADER;
        Taker taker = node.consume(node.hold(queue), "c", 0, true);

        node.advance(60_000);
        assertThat(taker.outcomes).isEmpty();
        node.log.readsFailWith = ErrorKind.NONE;
        node.advance(1_000);

        assertThat(taker.texts()).containsExactly("a");
    }

    @Test
    void aLeadershipThatWentElsewhereIsNot() {
        nextLife(0);
        node.log.readsFailWith = ErrorKind.NOT_LEADER;
        Taker taker = node.consume(node.hold(queue), "c", 0, true);

        node.elsewhere.add(queue.id());
        node.advance(2_000);

        assertThat(taker.outcomes).containsExactly(QueueOutcome.UNAVAILABLE);
    }

    @Test
    void aDiskThatRefusesIsNotWaitedForForEver() {
        nextLife(0);
        node.log.readsFailWith = ErrorKind.STORAGE_ERROR;
        Taker taker = node.consume(node.hold(queue), "c", 0, true);

        node.advance(40_000);

        assertThat(taker.outcomes).containsExactly(QueueOutcome.UNAVAILABLE);
    }

    @Test
    void manyQueuesWhoseTimeRunsAreLoadedAFewAtATime() {
        Arguments timed = Arguments.of("x-message-ttl", ArgumentValue.whole(60_000));
        for (int at = 0; at < 500; at++) {
            node.shard.onCreated(node.durable(timed, at));
        }
        node.settle();

        assertThat(node.log.askedAtOnceMax).isPositive().isLessThanOrEqualTo(16);
        assertThat(node.shard.hosted()).isEqualTo(500);
    }

    @Test
    void aQueueWhoseTimeRunsIsLoadedBeforeAnybodyUsesIt() {
        QueueView dying = node.durable(Arguments.of("x-message-ttl", ArgumentValue.whole(1_000))
                .with("x-dead-letter-exchange", ArgumentValue.text("dlx")));
        node.publish(dying, "a");
        FakeQueueLog log = node.log;
        var next = new QueueFixture(node.clock, log);
        log.crash(next.there, 0);
        node = next;

        node.shard.onCreated(node.durable(dying.spec().arguments()));
        node.advance(1_100);

        assertThat(node.deadLetters).containsExactly("a expired");
    }
}
