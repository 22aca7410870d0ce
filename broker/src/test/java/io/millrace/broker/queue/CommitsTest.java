package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.Publication.End;
import io.millrace.broker.routing.Destination.Target;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ErrorKind;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CommitsTest {
    private static final String WORK = "work";

    private CommitFixture node = new CommitFixture();

    /// A message for each of these queues, and what was consumed of another.
    private Commit commit(long[] acknowledged, long[] rejected, String... targets) {
        List<Commit.Routed> messages = List.of(targets).stream()
                .map(target -> new Commit.Routed(node.message("to " + target), List.of(new ToQueue(target))))
                .toList();
        QueueView work = node.queue(WORK);
        var settled = new Commit.Settled(work.ref().name(), work.id(), new SettleOrder(acknowledged, rejected));
        return new Commit(messages, List.of(settled));
    }

    private Commit commit(long acknowledged, String... targets) {
        return commit(new long[] {acknowledged}, new long[0], targets);
    }

    private static long[] first(QueueFixture.Taker taker) {
        return LongStream.of(taker.offsets()).limit(1).toArray();
    }

    @Test
    void isDoneInAllQueuesBeforeItIsAnswered() {
        List.of("a", "b", WORK).forEach(node::queue);
        node.publish(node.queue(WORK), node.message("one"), node.message("two"));
        Hold hold = node.hold(node.queue(WORK));
        long taken = node.consume(node.queue(WORK), hold).offsets()[0];

        var told = node.commit(commit(taken, "a", "b"));

        node.advance(50);
        assertThat(told.ends).containsExactly(End.STORED);
        node.close(hold);
        assertThat(node.contents("a")).containsExactly("to a");
        assertThat(node.contents("b")).containsExactly("to b");
        assertThat(node.contents(WORK)).containsExactly("two");
        assertThat(node.ready(node.commits)).isZero();
    }

    /// Everything that is written between the first word of a commit and its answer may be the last one.
    @Test
    void aCrashAnywhereLeavesAllOrNothing() {
        for (boolean survive : new boolean[] {false, true}) {
            int cut = 0;
            while (!isAnsweredBefore(cut, survive)) {
                cut++;
            }
            assertThat(cut).isGreaterThan(5);
        }
    }

    /// @param confirmed how many writes were confirmed before the crash
    private boolean isAnsweredBefore(int confirmed, boolean unconfirmedSurvive) {
        node = new CommitFixture();
        List.of("a", "b", "c", WORK).forEach(node::queue);
        node.publish(node.queue(WORK), node.message("one"), node.message("two"));
        long taken = node.consume(node.queue(WORK), node.hold(node.queue(WORK))).offsets()[0];
        node.advance(200);
        node.logs.holding = true;
        var told = node.commit(commit(taken, "a", "b", "c"));
        for (int left = confirmed; left > 0; left--) {
            node.logs.confirmOne();
            node.advance(20);
        }
        boolean isAnswered = !told.ends.isEmpty();

        node = node.crashed(unconfirmedSurvive);
        node.advance(500);

        boolean isThere = !node.contents("a").isEmpty();
        boolean isDecided = confirmed > 0 || unconfirmedSurvive;
        assertThat(isThere).as("after %s writes", confirmed).isEqualTo(isDecided);
        for (String target : List.of("a", "b", "c")) {
            assertThat(node.contents(target))
                    .as(target + " after %s writes", confirmed)
                    .containsOnly(isThere ? new String[] {"to " + target} : new String[0])
                    .hasSizeLessThanOrEqualTo(isAnswered ? 1 : 2);
        }
        assertThat(node.contents(WORK)).containsExactlyElementsOf(isThere ? List.of("two") : List.of("one", "two"));
        assertThat(node.ready(node.commits)).isZero();
        return isAnswered;
    }

    @Test
    void nothingIsDoneBeforeTheRecordIsStored() {
        List.of("a", WORK).forEach(node::queue);
        node.logs.holding = true;

        var told = node.commit(commit(0, "a"));
        node.advance(100);

        assertThat(told.ends).isEmpty();
        assertThat(node.logs.of("queue.a").end).isZero();
    }

    @Test
    void aRecordThatIsNotStoredIsNotDone() {
        List.of("a", WORK).forEach(node::queue);
        node.logs.of("queue.amq.tx.1").refuseWith = ErrorKind.STORAGE_ERROR;

        var told = node.commit(commit(0, "a"));
        node.advance(100);

        assertThat(told.ends).containsExactly(End.FAILED);
        assertThat(node.contents("a")).isEmpty();
    }

    @Test
    void aQueueThatIsAwayGetsItsPartWhenItIsBackAndOthersNothingTwice() {
        List.of("a", "b", WORK).forEach(node::queue);
        node.publish(node.queue(WORK), node.message("one"));
        Hold hold = node.hold(node.queue(WORK));
        long taken = node.consume(node.queue(WORK), hold).offsets()[0];
        node.away.add("b");

        var told = node.commit(commit(taken, "a", "b"));
        node.advance(Commits.PATIENCE_MS - 100);
        assertThat(told.ends).isEmpty();
        node.advance(200);

        assertThat(told.ends).containsExactly(End.STORED);
        node.away.clear();
        node.advance(20_000);
        node.close(hold);
        assertThat(node.contents("a")).containsExactly("to a");
        assertThat(node.contents("b")).containsExactly("to b");
        assertThat(node.contents(WORK)).isEmpty();
        assertThat(node.ready(node.commits)).isZero();
    }

    @Test
    void aQueueThatIsAwayHoldsUpNoCommitsOfOthers() {
        List.of("a", "b", WORK).forEach(node::queue);
        node.away.add("b");
        IntStream.range(0, 300).forEach(_ -> node.commit(commit(0, "b")));
        node.advance(1_000);

        var told = node.commit(commit(0, "a"));
        node.advance(100);

        assertThat(told.ends).containsExactly(End.STORED);
    }

    @Test
    void whatHasComeBackMeanwhileIsSettledToo() {
        List.of("a", WORK).forEach(node::queue);
        node.publish(node.queue(WORK), node.message("one"), node.message("two"));
        Hold hold = node.hold(node.queue(WORK));
        long taken = node.consume(node.queue(WORK), hold).offsets()[0];
        node.close(hold);

        node.commit(commit(taken, "a"));
        node.commit(commit(taken, "a"));
        node.advance(50);

        assertThat(node.contents(WORK)).containsExactly("two");
    }

    @Test
    void whatSomebodyElseHasMeanwhileIsSettledAndTheirAnswerChangesNothing() {
        List.of("a", WORK).forEach(node::queue);
        node.publish(node.queue(WORK), node.message("one"), node.message("two"));
        Hold other = node.hold(node.queue(WORK));
        var taker = node.consume(node.queue(WORK), other);

        node.commit(commit(first(taker), new long[0], "a"));
        node.advance(50);
        other.settle(first(taker), 1, Settlement.REQUEUE);
        node.advance(50);

        node.close(other);
        assertThat(node.contents(WORK)).containsExactly("two");
    }

    @Test
    void whatIsBeingReadForSomebodyElseIsNotDeliveredWhenItIsSettled() {
        node.cache.bytesMax = 0;
        node.queue(WORK);
        node.publish(node.queue(WORK), node.message("one"), node.message("two"));
        node.advance(100);
        node.logs.of("queue.work").readsFailWith = ErrorKind.STORAGE_ERROR;
        var taker = node.consume(node.queue(WORK), node.hold(node.queue(WORK)));
        assertThat(taker.texts()).isEmpty();

        node.settle(WORK, 0);
        node.logs.of("queue.work").readsFailWith = ErrorKind.NONE;
        node.advance(10_000);

        assertThat(taker.texts()).containsExactly("two");
    }

    @Test
    void whatIsRejectedIsGivenUp() {
        List.of("a", WORK).forEach(node::queue);
        node.publish(node.queue(WORK), node.message("one"));
        Hold hold = node.hold(node.queue(WORK));
        var taker = node.consume(node.queue(WORK), hold);

        var told = node.commit(commit(new long[0], first(taker), "a"));
        node.advance(50);

        assertThat(told.ends).containsExactly(End.STORED);
        node.close(hold);
        assertThat(node.contents(WORK)).isEmpty();
    }

    @Test
    void aFullQueueMakesItFailAndNothingIsAcknowledged() {
        node.queue("a");
        node.queue(WORK);
        node.queue(
                "full",
                Arguments.of(Map.of(
                        "x-max-length", ArgumentValue.whole(0), "x-overflow", ArgumentValue.text("reject-publish"))));
        node.publish(node.queue(WORK), node.message("one"));
        Hold hold = node.hold(node.queue(WORK));
        var taker = node.consume(node.queue(WORK), hold);

        var told = node.commit(commit(first(taker), new long[0], "full", "a"));
        node.advance(50);

        assertThat(told.ends).containsExactly(End.REFUSED);
        node.close(hold);
        assertThat(node.contents("a")).containsExactly("to a");
        assertThat(node.contents(WORK)).containsExactly("one");
        assertThat(node.ready(node.commits)).isZero();
    }

    @Test
    void thePartOfADeletedQueueIsVoid() {
        List.of("a", "b", WORK).forEach(node::queue);
        Commit commit = commit(0, "a", "b");
        node.delete("b");
        node.delete(WORK);

        var told = node.commit(commit);
        node.advance(CommitRouter.MISSING_MS + 10_000);

        assertThat(told.ends).containsExactly(End.STORED);
        assertThat(node.contents("a")).containsExactly("to a");
        assertThat(node.ready(node.commits)).isZero();
    }

    @Test
    void aQueueThisNodeHasNotHeardOfYetGetsItsPart() {
        List.of("a", "b", WORK).forEach(node::queue);
        node.publish(node.queue(WORK), node.message("one"));
        Hold hold = node.hold(node.queue(WORK));
        long taken = node.consume(node.queue(WORK), hold).offsets()[0];
        node.unknown.addAll(List.of("b", WORK));

        node.commit(commit(taken, "a", "b"));
        node.advance(5_000);
        node.unknown.clear();
        node.advance(5_000);
        node.close(hold);

        assertThat(node.contents("b")).containsExactly("to b");
        assertThat(node.contents(WORK)).isEmpty();
    }

    /// The first attempt has shown that the client will not get what it wants.
    @Test
    void aRefusalThatIsKnownIsToldWhenPatienceEnds() {
        List.of("a", "b", WORK).forEach(node::queue);
        node.answers.put("a", End.REFUSED);
        node.away.add("b");

        var told = node.commit(commit(0, "a", "b"));
        node.advance(Commits.PATIENCE_MS + 100);

        assertThat(told.ends).containsExactly(End.REFUSED);
    }

    @Test
    void aRefusalThatIsKnownIsToldWhenTheCommitQueueGoes() {
        List.of("a", "b", WORK).forEach(node::queue);
        node.answers.put("a", End.REFUSED);
        node.away.add("b");

        var told = node.commit(commit(0, "a", "b"));
        node.advance(100);
        node.delete(node.commits.ref().name().value());
        node.advance(50);

        assertThat(told.ends).containsExactly(End.REFUSED);
    }

    @Test
    void whatWasPromisedWaitsForAQueueThatIsFull() {
        List.of("b", WORK).forEach(node::queue);
        node.publish(node.queue(WORK), node.message("one"));
        Hold hold = node.hold(node.queue(WORK));
        long taken = node.consume(node.queue(WORK), hold).offsets()[0];
        node.away.add("b");
        var told = node.commit(commit(taken, "b"));
        node.advance(Commits.PATIENCE_MS + 100);
        assertThat(told.ends).containsExactly(End.STORED);

        node.answers.put("b", End.REFUSED);
        node.away.clear();
        node.advance(70_000);
        node.answers.clear();
        node.advance(70_000);

        node.close(hold);
        assertThat(node.contents("b")).containsExactly("to b");
        assertThat(node.contents(WORK)).isEmpty();
    }

    /// Whoever decided it may have been told anything.
    @Test
    void afterARestartAFullQueueMakesACommitWait() {
        List.of("b", WORK).forEach(node::queue);
        node.away.add("b");
        node.commit(commit(0, "b"));
        node.advance(100);

        node.answers.put("b", End.REFUSED);
        node = node.crashed(true);
        node.advance(500);
        assertThat(node.contents("b")).isEmpty();
        node.answers.clear();
        node.advance(5_000);

        assertThat(node.contents("b")).containsExactly("to b");
    }

    @Test
    void whatWasPromisedAndCanNeverBeTakenIsDroppedThereAndToldToOperators() {
        List.of("a", "b", WORK).forEach(node::queue);
        node.publish(node.queue(WORK), node.message("one"));
        Hold hold = node.hold(node.queue(WORK));
        long taken = node.consume(node.queue(WORK), hold).offsets()[0];
        node.away.add("b");
        node.commit(commit(taken, "a", "b"));
        node.advance(Commits.PATIENCE_MS + 100);

        node.answers.put("b", End.UNFIT);
        node.advance(70_000);

        node.close(hold);
        assertThat(node.unfit).containsExactly(new ToQueue("b"));
        assertThat(node.contents("a")).containsExactly("to a");
        assertThat(node.contents(WORK)).isEmpty();
    }

    /// Else a queue that is away would keep what every channel has to say in memory.
    @Test
    void nothingIsKeptForWhoWasAnswered() {
        var record = new WeakReference<>(commit(0, "b").toMessage(node.clock.wallMs()));
        var sender = new WeakReference<>(new QueueFixture.Told());
        Commits commits = node.bareCommits();
        Publication caller = commits.caller(record.get(), sender.get());
        commits.placed(1, record.get());
        caller.ended(End.STORED);
        assertThat(sender.get().ends).isEmpty();

        node.advance(Commits.PATIENCE_MS + 100);

        System.gc();
        assertThat(sender.get()).isNull();
        assertThat(record.get()).isNull();
        commits.close();
    }

    @Test
    void nothingPassesWhatFailedBefore() {
        List.of("b", WORK).forEach(node::queue);
        node.silent.put("b", new ArrayList<>());
        Message one = node.message("one");
        Message two = node.message("two");
        List<Target> toB = List.of(new ToQueue("b"));
        node.commit(new Commit(List.of(new Commit.Routed(one, toB), new Commit.Routed(two, toB)), List.of()));
        List<Publication> asked = node.silent.get("b");
        assertThat(asked).hasSize(2);
        node.endSilent("b", End.FAILED);

        node.advance(1_100);
        assertThat(asked).hasSize(1);
        node.endSilent("b", End.FAILED);
        node.advance(2_100);
        assertThat(asked).hasSize(1);
        node.endSilent("b", End.STORED);
        assertThat(asked).hasSize(1);
        node.endSilent("b", End.STORED);
        node.advance(100);

        assertThat(node.ready(node.commits)).isZero();
    }

    @Test
    void aQueueThatDoesNotAnswerLeavesRoomForOthers() {
        List.of("a", "b", WORK).forEach(node::queue);
        node.silent.put("b", new ArrayList<>());
        Message large = node.message("x".repeat(1024 * 1024));
        Commit toB = new Commit(List.of(new Commit.Routed(large, List.of(new ToQueue("b")))), List.of());
        IntStream.range(0, 40).forEach(_ -> node.commit(toB));
        node.advance(100);

        var told = node.commit(commit(0, "a"));
        node.advance(100);

        assertThat(told.ends).containsExactly(End.STORED);
        assertThat(node.silent.get("b")).hasSizeLessThan(9);
    }

    /// What a crash took off the end of a log is not what others wrote there later.
    @Test
    void anOffsetThatWasWrittenAgainIsNotMeant() {
        List.of("a", WORK).forEach(node::queue);
        node.logs.holding = true;
        node.publish(node.queue(WORK), node.message("lost"));
        var taker = node.consume(node.queue(WORK), node.hold(node.queue(WORK)));
        assertThat(taker.texts()).containsExactly("lost");
        Commit commit = commit(first(taker), new long[0], "a");
        long decidedMs = node.clock.wallMs();
        node = node.crashed(false);
        node.publish(node.queue(WORK), node.message("other"));

        node.publish(node.commits, commit.toMessage(decidedMs));
        node.advance(50);

        assertThat(node.contents(WORK)).containsExactly("other");
    }

    /// Who settles makes room, and is not kept waiting for it.
    @Test
    void aDiskThatIsShortKeepsNoAcknowledgementWaiting() {
        node.queue(WORK);
        node.publish(node.queue(WORK), node.message("one"), node.message("two"), node.message("three"));
        var taker = node.consume(node.queue(WORK), node.hold(node.queue(WORK)));
        long[] offsets = taker.offsets();
        node.advance(500);
        node.roomIsShort = true;

        QueueFixture.Told first = node.settle(WORK, offsets[1]);
        node.advance(2_000);
        QueueFixture.Told second = node.settle(WORK, offsets[2]);
        node.advance(2_000);

        assertThat(first.ends).containsExactly(End.STORED);
        assertThat(second.ends).containsExactly(End.STORED);
    }

    @Test
    void aDiskThatTakesNothingIsToldInTheEnd() {
        node.queue(WORK);
        node.publish(node.queue(WORK), node.message("one"), node.message("two"));
        var taker = node.consume(node.queue(WORK), node.hold(node.queue(WORK)));
        node.advance(500);
        node.logs.of("queue.work").refuseWith = ErrorKind.STORAGE_ERROR;

        QueueFixture.Told told = node.settle(WORK, taker.offsets()[1]);
        node.advance(LogCheckpoints.REFUSALS_MAX * 1_500);

        assertThat(told.ends).containsExactly(End.FAILED);
    }

    @Test
    void manyCommitsAtATimeAreAllDone() {
        List.of("a", WORK).forEach(node::queue);
        IntStream.range(0, 1_000).forEach(_ -> node.commit(commit(0, "a")));
        node.advance(500);

        assertThat(node.ready(node.queue("a"))).isEqualTo(1_000);
        assertThat(node.ready(node.commits)).isZero();
    }
}
