package io.millrace.cluster.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.ThrottledReplicas;
import io.millrace.broker.catalog.ThrottledReplicas.Replica;
import io.millrace.broker.catalog.TopicSettings;
import io.millrace.broker.catalog.TopicSettings.Durability;
import io.millrace.broker.partition.FetchReply.DivergingEpoch;
import io.millrace.log.LogDirectory;
import io.millrace.log.RecoveryJob;
import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicId;
import io.millrace.model.TopicIdPartition;
import io.millrace.model.TopicPartition;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

/// What a fetcher asks, and when. Real partitions and logs; the leader is the test.
final class ReplicaFetcherTest implements LeaderLink, FetcherWork {
    private static final TopicId TOPIC = new TopicId(1, 1);
    private static final int LEADER = 2;

    private final ManualClock clock = new ManualClock();
    private final ManualLoop loop = new ManualLoop(clock);
    private final MemoryDisk disk = new MemoryDisk(clock);
    private final LogDirectory directory =
            LogDirectory.open(disk, "/data", new LogDirectory.Settings(1, "cluster", 100), new SeededRandomness(1));
    private final ArrayDeque<Asked> asked = new ArrayDeque<>();
    private final List<Partition> toFlush = new ArrayList<>();
    private final List<FollowStep> cuts = new ArrayList<>();
    private final List<ErrorKind> refusals = new ArrayList<>();
    private final ReplicaFetcher fetcher = new ReplicaFetcher(loop, clock, this, this);
    private final ManualThrottle throttle = new ManualThrottle();
    private int questions;
    private int failures;

    private record Asked(ReplicaFetch question, Consumer<ReplicaFetched> answer) {}

    @Override
    public void fetch(ReplicaFetch question, Consumer<ReplicaFetched> answer) {
        questions++;
        asked.add(new Asked(question, answer));
    }

    @Override
    public void close() {}

    @Override
    public void flush(Partition partition) {
        toFlush.add(partition);
    }

    @Override
    public void cut(Partition partition, FollowStep step) {
        cuts.add(step);
    }

    @Override
    public void refused(Partition partition, ErrorKind error, String why) {
        refusals.add(error);
    }

    @Override
    public void failed(String why) {
        failures++;
    }

    /// A controller that never answers.
    private static final class Nobody implements InSyncProposals {
        @Override
        public void propose(InSyncProposal proposal, Consumer<InSyncProposal.Verdict> verdict) {}

        @Override
        public void giveUp(TopicIdPartition replica, Consumer<Boolean> done) {}

        @Override
        public void leaveEpoch(TopicIdPartition replica, int leaderEpoch, Runnable done) {}
    }

    private static Assignment assignment(int partitionEpoch, Durability durability, List<Integer> isr) {
        return assignment(partitionEpoch, durability, isr, ThrottledReplicas.NONE);
    }

    private static Assignment assignment(
            int partitionEpoch, Durability durability, List<Integer> isr, ThrottledReplicas throttled) {
        TopicSettings settings = new TopicSettings(
                LogConfig.DEFAULT,
                durability,
                1,
                false,
                ThrottledReplicas.NONE,
                throttled,
                1 << 20,
                TopicSettings.WITH_THE_OTHERS);
        return new Assignment(LEADER, 3, partitionEpoch, List.of(LEADER, 1), isr, settings);
    }

    private Partition follow(int index) {
        return follow(index, assignment(0, Durability.FSYNC, List.of(LEADER, 1)));
    }

    private Partition follow(int index, Assignment assignment) {
        ReplicaContext context = new ReplicaContext(
                1,
                clock,
                (id, epoch) -> true,
                Racks.UNUSED,
                new Nobody(),
                new Throttles(Throttle.NONE, throttle),
                1_000);
        Partition partition = new Partition(
                directory.open(new TopicPartition("t", index), TOPIC, LogConfig.DEFAULT), context, assignment, 0);
        turn(() -> fetcher.add(partition));
        return partition;
    }

    private void turn(Runnable work) {
        loop.call(() -> {
            work.run();
            return this;
        });
    }

    private static TopicIdPartition key(int index) {
        return new TopicIdPartition(TOPIC, index);
    }

    private static LeaderPart part(int index, long baseOffset, String value) {
        ByteBuffer batch = MemoryRecords.withRecords(
                        baseOffset, Compression.NONE, 3, new SimpleRecord(1, value.getBytes(StandardCharsets.UTF_8)))
                .buffer();
        return new LeaderPart(key(index), ErrorKind.NONE, batch, baseOffset, 0, null);
    }

    private void answer(LeaderPart... parts) {
        turn(() -> asked.remove().answer.accept(new ReplicaFetched.Answer(7, List.of(parts), Lease.NONE)));
    }

    /// Nothing is left in it.
    private void endSession() {
        assertThat(asked.element().question.forgotten()).containsExactly(key(0));
        turn(() -> asked.remove().answer.accept(new ReplicaFetched.Answer(0, List.of(), Lease.NONE)));
    }

    private void flushed(Partition partition) {
        turn(() -> {
            partition.log().beginFlush(true).ifPresent(job -> {
                job.run();
                partition.log().endFlush(job);
            });
            partition.onFlushed();
        });
    }

    private List<Integer> wanted() {
        return asked.element().question.wanted().stream()
                .map(wanted -> wanted.key().partition())
                .toList();
    }

    @Test
    void theNextQuestionLeavesWhenEverythingIsFlushedAndNamesWhatMoved() {
        Partition a = follow(0);
        Partition b = follow(1);
        Partition c = follow(2);
        assertThat(wanted()).containsExactly(0); // a question left with each; the others wait for the session
        answer();
        assertThat(wanted()).containsExactly(1, 2);
        answer(part(0, 0, "x"), part(1, 0, "y"));
        assertThat(asked).isEmpty();
        assertThat(toFlush).containsExactly(a, b);
        flushed(b);
        assertThat(asked).isEmpty();
        flushed(a);
        assertThat(asked.element().question.sessionId()).isEqualTo(7);
        assertThat(asked.element().question.wanted())
                .containsExactlyInAnyOrder(
                        new ReplicaFetch.Wanted(key(0), new FollowPosition(3, 1, 0, 3)),
                        new ReplicaFetch.Wanted(key(1), new FollowPosition(3, 1, 0, 3)));
        assertThat(c.log().endOffset()).isZero();
    }

    @Test
    void aFlushThatTakesTooLongIsNotWaitedFor() {
        Partition slow = follow(0);
        Partition quick = follow(1);
        answer();
        answer(part(0, 0, "x"), part(1, 0, "y"));
        flushed(quick);
        assertThat(asked).isEmpty();
        loop.advance(Duration.ofMillis(500));
        assertThat(wanted()).containsExactly(1);
        assertThat(asked.element().question.forgotten()).containsExactly(key(0));
        flushed(slow);
        assertThat(asked).hasSize(2);
        assertThat(asked.getLast().question.wanted())
                .extracting(ReplicaFetch.Wanted::key)
                .containsExactly(key(0));
    }

    @Test
    void whoComesWhileAQuestionIsOutDoesNotWaitForItsAnswer() {
        follow(0);
        answer();
        assertThat(asked).hasSize(1);
        follow(1);
        assertThat(asked).hasSize(2);
        follow(2);
        assertThat(asked).hasSize(2); // two are enough
        answer();
        assertThat(asked).hasSize(2);
        assertThat(asked.getLast().question.wanted())
                .extracting(ReplicaFetch.Wanted::key)
                .containsExactly(key(2));
    }

    @Test
    void anAnswerToAnOlderQuestionIsNotTakenTwice() {
        Partition a = follow(0);
        answer();
        follow(1); // a second question, in the order of the first
        answer(part(0, 0, "x"));
        flushed(a);
        answer(part(0, 0, "x")); // the second was asked before the first answer came
        assertThat(a.log().endOffset()).isEqualTo(1);
        assertThat(refusals).isEmpty();
    }

    @Test
    void whatIsRefusedIsLeftOutAndAskedForLessAndLessOften() {
        follow(0);
        follow(1);
        answer();
        int before = questions;
        for (int i = 0; i < 20 && !asked.isEmpty(); i++) {
            answer(LeaderPart.refused(key(0), ErrorKind.UNKNOWN_LEADER_EPOCH));
            loop.advance(Duration.ofMillis(500)); // as long as a leader waits
        }
        assertThat(refusals).hasSizeBetween(5, 20);
        assertThat(questions - before).isLessThan(60);
    }

    @Test
    void aLeaderThatDoesNotAnswerIsNotAskedInAHurry() {
        follow(0);
        for (int i = 0; i < 10; i++) {
            Asked last = asked.remove();
            assertThat(last.question.sessionId()).isZero();
            turn(() -> last.answer.accept(new ReplicaFetched.Failed("refused")));
            assertThat(asked).isEmpty();
            loop.advance(Duration.ofMillis(500));
            assertThat(asked).hasSize(1);
        }
        assertThat(failures).isEqualTo(10);
        assertThat(questions).isEqualTo(11);
    }

    @Test
    void aLostSessionIsOpenedAnewWithEverything() {
        follow(0);
        follow(1);
        answer();
        answer();
        turn(() -> asked.remove().answer.accept(new ReplicaFetched.SessionLost()));
        loop.advance(Duration.ofMillis(50));
        assertThat(asked.element().question.sessionId()).isZero();
        assertThat(wanted()).containsExactlyInAnyOrder(0, 1);
    }

    /// The leader looks at a question when it is asked, and may not be able to take the replica in then.
    @Test
    void whoIsNotInSyncAsksAgainThatItIsThere() {
        Partition outside = follow(0, assignment(0, Durability.FSYNC, List.of(LEADER)));
        Partition inside = follow(1);
        answer();
        answer();
        assertThat(asked.element().question.wanted()).isEmpty();
        assertThat(outside.isRestless()).isTrue();
        assertThat(inside.isRestless()).isFalse();
        turn(outside::tick);
        assertThat(asked).hasSize(1);
        loop.advance(Duration.ofMillis(500));
        turn(outside::tick);
        turn(inside::tick);
        assertThat(asked).hasSize(2);
        assertThat(asked.getLast().question.wanted())
                .containsExactly(new ReplicaFetch.Wanted(key(0), new FollowPosition(3, 0, 0, -1)));
    }

    @Test
    void whoIsSentOnlyWhatItHasAsksAgain() {
        Partition a = follow(0);
        answer();
        answer(part(0, 0, "x"));
        flushed(a);
        answer(part(0, 0, "x"));
        assertThat(wanted()).containsExactly(0);
        assertThat(a.log().endOffset()).isEqualTo(1);
    }

    @Test
    void whoIsRemovedIsForgottenAndTheSessionEndsWithTheLast() {
        Partition a = follow(0);
        answer();
        turn(() -> fetcher.remove(a));
        answer();
        endSession();
        loop.advance(Duration.ofSeconds(2));
        assertThat(asked).isEmpty();
    }

    @Test
    void aLogThatPartsFromTheLeadersIsCutBeforeItIsAskedForAgain() {
        Partition a = follow(0);
        answer();
        answer(part(0, 0, "x"));
        flushed(a);
        answer(new LeaderPart(key(0), ErrorKind.NONE, ByteBuffer.allocate(0), 0, 0, new DivergingEpoch(2, 0)));
        assertThat(cuts).containsExactly(new FollowStep.CutTo(0));
        endSession();
        loop.advance(Duration.ofSeconds(2));
        assertThat(asked).isEmpty();
        turn(() -> {
            var job = a.log().beginTruncation(0).orElseThrow();
            job.run();
            a.log().endTruncation(job);
            a.onReloaded();
        });
        assertThat(asked.element().question.wanted())
                .containsExactly(new ReplicaFetch.Wanted(key(0), new FollowPosition(3, 0, 0, -1)));
    }

    @Test
    void damagedBatchesAreRefusedAndAskedForAgain() {
        Partition a = follow(0);
        answer();
        LeaderPart damaged = part(0, 0, "x");
        damaged.records().put(damaged.records().limit() - 1, (byte) 'q');
        answer(damaged);
        assertThat(refusals).containsExactly(ErrorKind.CORRUPT_MESSAGE);
        assertThat(a.log().endOffset()).isZero();
        endSession();
        loop.advance(Duration.ofMillis(50));
        assertThat(wanted()).containsExactly(0);
    }

    /// The page cache forgot what the leader counts on, and what comes next would leave a hole.
    @Test
    void aLogThatComesBackShorterIsAskedForFromItsEndOnceItIsInSyncNoMore() throws IOException {
        Partition a = follow(0, assignment(0, Durability.PAGE_CACHE, List.of(LEADER, 1)));
        answer();
        answer(part(0, 0, "x"));
        written(a);
        answer(part(0, 1, "y"));
        written(a);
        assertThat(asked.element().question.wanted())
                .containsExactly(new ReplicaFetch.Wanted(key(0), new FollowPosition(3, 2, 0, 3)));
        int batchBytes = part(0, 0, "x").records().remaining();
        disk.flipBit("/data/t-0/00000000000000000000.log", batchBytes * 2L - 1, 3);
        turn(() -> {
            a.log().fail();
            a.onStorageError();
            RecoveryJob job = a.log().beginRecovery().orElseThrow();
            job.run();
            a.log().endRecovery(job);
            a.onReloaded();
        });
        assertThat(a.log().endOffset()).isEqualTo(1);
        answer(part(0, 2, "z"));
        assertThat(a.log().endOffset()).isEqualTo(1);
        endSession();
        assertThat(asked).isEmpty();

        turn(() -> a.assign(assignment(1, Durability.PAGE_CACHE, List.of(LEADER))));
        loop.advance(Duration.ofMillis(50));

        assertThat(asked.element().question.wanted())
                .containsExactly(new ReplicaFetch.Wanted(key(0), new FollowPosition(3, 1, 0, 3)));
    }

    private void written(Partition partition) {
        turn(() -> {
            partition.log().beginFlush(false).ifPresent(job -> {
                job.run();
                partition.log().endFlush(job);
            });
            partition.onFlushed();
        });
    }

    private static Assignment throttled(int index, int partitionEpoch, List<Integer> isr) {
        return assignment(
                partitionEpoch, Durability.FSYNC, isr, new ThrottledReplicas(false, Set.of(new Replica(index, 1))));
    }

    /// KIP-73: what is out of sync waits, what is in sync does not.
    @Test
    void whatIsThrottledIsNotAskedForWhileTheRateIsExceeded() {
        throttle.isExceeded = true;
        Partition lagging = follow(0, throttled(0, 0, List.of(LEADER)));
        assertThat(asked).isEmpty();
        Partition inSync = follow(1, throttled(1, 0, List.of(LEADER, 1)));
        Partition unlisted = follow(2, throttled(1, 0, List.of(LEADER)));
        assertThat(wanted()).containsExactly(1);
        answer();
        assertThat(wanted()).containsExactly(2);

        throttle.isExceeded = false;
        loop.advance(Duration.ofMillis(100));
        asked.remove();
        assertThat(wanted()).containsExactly(0);
        answer(part(0, 0, "x"));

        assertThat(throttle.moved).isEqualTo(part(0, 0, "x").records().remaining());
        flushed(lagging);
        assertThat(inSync.isThrottled() || unlisted.isThrottled()).isFalse();
    }

    @Test
    void whatIsNamedAlreadyIsForgottenWhileTheRateIsExceeded() {
        Partition first = follow(0, throttled(0, 0, List.of(LEADER)));
        Partition other = follow(1);
        answer();
        assertThat(wanted()).containsExactly(1);

        throttle.isExceeded = true;
        answer(part(1, 0, "y"));
        flushed(other);

        assertThat(wanted()).containsExactly(1);
        assertThat(asked.element().question.forgotten()).containsExactly(key(0));
        assertThat(first.isHeldBack()).isTrue();

        throttle.isExceeded = false;
        loop.advance(Duration.ofMillis(100));
        asked.remove();
        assertThat(wanted()).containsExactly(0);
    }

    @Test
    void whoHasEverythingThatIsCommittedIsNotThrottled() {
        Partition partition = follow(0, throttled(0, 0, List.of(LEADER)));
        assertThat(partition.isThrottled()).isTrue(); // nobody told it yet

        answer(part(0, 0, "x")); // told a high watermark of 0
        throttle.isExceeded = true;
        flushed(partition);

        assertThat(wanted()).containsExactly(0);
        assertThat(partition.isThrottled()).isFalse();
    }
}
