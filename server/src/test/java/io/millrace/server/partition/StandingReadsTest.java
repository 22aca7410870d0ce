package io.millrace.server.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.TopicSettings.Durability;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchQuery.Ask;
import io.millrace.broker.partition.FetchQuery.Asker;
import io.millrace.broker.partition.FetchReply.Part;
import io.millrace.broker.partition.FollowerReads;
import io.millrace.broker.partition.FollowerReads.Answered;
import io.millrace.broker.partition.LeaderHint;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.replica.Assignment;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import io.millrace.server.loop.EventLoop;
import io.netty.util.concurrent.DefaultEventExecutor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// A follower that asks once: what it is told, and what is read for that; from the loop of the partitions, and from
/// another.
@ParameterizedClass
@ValueSource(booleans = {true, false})
final class StandingReadsTest {
    private static final int FOLLOWER = 2;
    private static final int FOREVER_MS = 3_600_000;
    private static final int BYTES_MAX = 1 << 20;

    private final HostFixture node = new HostFixture();
    private final DefaultEventExecutor elsewhere = new DefaultEventExecutor();
    private final EventLoop home;
    private final FollowerReads<Asked> reads;

    StandingReadsTest(boolean isSameLoop) throws Exception {
        home = isSameLoop ? node.loop : new EventLoop(elsewhere, "elsewhere");
        Catalog nothing = MetadataImage.empty("cluster", HostFixture.NODE, Map.of());
        CompletableFuture<FollowerReads<Asked>> opened = new CompletableFuture<>();
        home.post(() -> opened.complete(node.sessions(home, () -> nothing).follow(Asker.follower(FOLLOWER, 1))));
        reads = opened.get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        onHome(reads::close);
        elsewhere.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);
        node.stop();
    }

    /// Counts how often it is looked at: once for each read.
    private static final class Asked implements FollowerReads.Question {
        final TopicPartition id;
        long offset;
        int looks;
        boolean isKnown = true;

        Asked(TopicPartition id) {
            this.id = id;
        }

        @Override
        public @Nullable Ask ask(Catalog catalog) {
            looks++;
            return isKnown ? new Ask(id, offset, 0, BYTES_MAX, 0, -1) : null;
        }

        @Override
        public Part unknown() {
            return Part.refused(id, ErrorKind.UNKNOWN_TOPIC_ID, LeaderHint.NONE);
        }
    }

    private Asked partition(String topic) throws Exception {
        return new Asked(node.lead(topic, Durability.FSYNC, List.of(HostFixture.NODE, FOLLOWER)));
    }

    /// When it returns, what was posted to both loops before has been done.
    private void onHome(Runnable work) throws Exception {
        node.run(() -> {});
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        home.post(() -> {
            work.run();
            done.complete(true);
        });
        done.get(10, TimeUnit.SECONDS);
        node.run(() -> {});
    }

    private void ask(Asked... asked) throws Exception {
        onHome(() -> List.of(asked).forEach(reads::ask));
    }

    /// Asks anew from behind what came.
    private void follow(Asked asked, long offset) throws Exception {
        asked.offset = offset;
        ask(asked);
    }

    private CompletableFuture<List<Answered<Asked>>> fetch(int waitMs, int bytesMax) throws Exception {
        FetchQuery limits = new FetchQuery(Asker.follower(FOLLOWER, 1), 1, bytesMax, waitMs, false, List.of());
        CompletableFuture<List<Answered<Asked>>> reply = new CompletableFuture<>();
        onHome(() -> reads.fetch(limits, reply::complete));
        onHome(() -> {}); // what it read is left with its partitions
        return reply;
    }

    private CompletableFuture<List<Answered<Asked>>> fetch() throws Exception {
        return fetch(FOREVER_MS, BYTES_MAX);
    }

    private List<Answered<Asked>> hurry(CompletableFuture<List<Answered<Asked>>> reply) throws Exception {
        onHome(reads::hurry);
        return get(reply);
    }

    private static List<Answered<Asked>> get(CompletableFuture<List<Answered<Asked>>> reply) throws Exception {
        List<Answered<Asked>> answered = reply.get(10, TimeUnit.SECONDS);
        answered.forEach(one -> {
            if (one.part().slice() != null) {
                one.part().slice().release();
            }
        });
        return answered;
    }

    private Part onlyPart(CompletableFuture<List<Answered<Asked>>> reply) throws Exception {
        List<Answered<Asked>> answered = get(reply);
        assertThat(answered).hasSize(1);
        return answered.getFirst().part();
    }

    private void append(Asked to) throws Exception {
        assertThat(node.append(to.id, Acks.LEADER, "x")).isEqualTo(ErrorKind.NONE);
    }

    @Test
    void anAppendIsToldAndNothingElseIsRead() throws Exception {
        Asked a = partition("a");
        Asked b = partition("b");
        ask(a, b);
        assertThat(hurry(fetch())).hasSize(2);
        var reply = fetch();
        append(b);
        assertThat(get(reply)).extracting(Answered::question).containsExactly(b);
        assertThat(hurry(fetch())).isEmpty(); // it was sent, and is not sent again
        follow(b, 1);
        hurry(fetch());
        assertThat(a.looks).isEqualTo(1);
        assertThat(b.looks).isEqualTo(3);
    }

    @Test
    void whatComesBetweenTwoFetchesIsToldByTheNext() throws Exception {
        Asked a = partition("a");
        ask(a);
        hurry(fetch());
        append(a);
        assertThat(onlyPart(fetch()).bytes()).isPositive();
    }

    @Test
    void aQuestionAskedAnewAcknowledgesAndItsHighWatermarkIsTold() throws Exception {
        Asked a = partition("a");
        Asked other = partition("b");
        ask(a, other);
        hurry(fetch());
        append(a);
        get(fetch());
        follow(a, 1);
        assertThat(hurry(fetch())).anySatisfy(one -> {
            assertThat(one.question()).isSameAs(a);
            assertThat(one.part().highWatermark()).isEqualTo(1);
        });
        assertThat(hurry(fetch())).isEmpty();
    }

    /// Nobody is woken for it, and it costs no read until there is an answer to put it in.
    @Test
    void aMovedLogStartIsToldWhenTheTimeIsUp() throws Exception {
        Asked a = partition("a");
        ask(a);
        hurry(fetch());
        append(a);
        get(fetch());
        follow(a, 1);
        hurry(fetch());
        var reply = fetch();
        int looks = a.looks;
        node.run(() -> node.partition(a.id).deleteRecords(1));
        onHome(() -> {});
        assertThat(reply).isNotDone();
        assertThat(a.looks).isEqualTo(looks);
        onHome(reads::hurry);
        assertThat(onlyPart(reply).logStartOffset()).isEqualTo(1);
    }

    @Test
    void whatDidNotFitComesWithTheNextAnswer() throws Exception {
        Asked a = partition("a");
        Asked b = partition("b");
        append(a);
        append(b);
        ask(a, b);
        List<Answered<Asked>> first = get(fetch(FOREVER_MS, 1));
        assertThat(first).extracting(one -> one.part().bytes() > 0).containsExactly(true, false);
        follow(a, 1);
        assertThat(get(fetch(FOREVER_MS, 1))).anySatisfy(one -> {
            assertThat(one.question()).isSameAs(b);
            assertThat(one.part().bytes()).isPositive();
        });
    }

    /// Some room is left for the second batch, but not enough for all of it.
    private void fetchTwoWithRoomForOneAndAHalf(Asked a, Asked b, int size) throws Exception {
        ask(a, b);
        List<Answered<Asked>> first = get(fetch(FOREVER_MS, size + size / 2));
        assertThat(first).extracting(one -> one.part().bytes() > 0).containsExactly(true, false);
        follow(a, 1);
        assertThat(get(fetch(FOREVER_MS, size + size / 2))).anySatisfy(one -> {
            assertThat(one.question()).isSameAs(b);
            assertThat(one.part().bytes()).isPositive();
        });
    }

    private int sizeOfOne() throws Exception {
        Asked one = partition("one");
        append(one);
        ask(one);
        int size = onlyPart(fetch()).bytes();
        onHome(() -> reads.forget(one));
        return size;
    }

    @Test
    void whatFitOnlyInPartComesWithTheNextAnswer() throws Exception {
        int size = sizeOfOne();
        Asked a = partition("a");
        Asked b = partition("b");
        append(a);
        append(b);
        fetchTwoWithRoomForOneAndAHalf(a, b, size);
    }

    @Test
    void whatIsColdAndFitOnlyInPartComesWithTheNextAnswer() throws Exception {
        int size = sizeOfOne();
        append(partition("a"));
        append(partition("b"));
        node.run(node::restart);
        Asked a = partition("a");
        Asked b = partition("b");
        node.memory.setCached(false);
        fetchTwoWithRoomForOneAndAHalf(a, b, size);
    }

    @Test
    void aPartitionThatLeavesIsAnError() throws Exception {
        Asked a = partition("a");
        ask(a);
        hurry(fetch());
        var reply = fetch();
        node.run(() -> node.host.release(a.id, ErrorKind.NOT_LEADER, log -> {}));
        assertThat(onlyPart(reply).error()).isEqualTo(ErrorKind.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void aTopicThatNobodyKnowsIsAnErrorAtOnce() throws Exception {
        Asked a = partition("a");
        a.isKnown = false;
        ask(a);
        assertThat(onlyPart(fetch()).error()).isEqualTo(ErrorKind.UNKNOWN_TOPIC_ID);
    }

    @Test
    void anotherLeaderEpochIsToldAtOnce() throws Exception {
        Asked a = partition("a");
        ask(a);
        hurry(fetch());
        var reply = fetch();
        node.run(() -> {
            Assignment now = node.partition(a.id).assignment();
            node.host.change(a.id, new Assignment(HostFixture.NODE, 1, 1, now.replicas(), now.isr(), now.settings()));
        });
        assertThat(onlyPart(reply).error()).isEqualTo(ErrorKind.FENCED_LEADER_EPOCH);
    }

    @Test
    void whoIsForgottenIsNotReadAgain() throws Exception {
        Asked a = partition("a");
        ask(a);
        hurry(fetch());
        onHome(() -> reads.forget(a));
        append(a);
        assertThat(hurry(fetch())).isEmpty();
        assertThat(a.looks).isEqualTo(1);
    }

    /// Its session was driven out: the connection goes on.
    @Test
    void aFetchThatWaitsIsAnsweredWhenItEnds() throws Exception {
        Asked a = partition("a");
        ask(a);
        var reply = fetch();
        onHome(reads::close);
        assertThat(get(reply)).isEmpty();
        append(a);
        onHome(() -> {});
        assertThat(a.looks).isEqualTo(1);
    }

    @Test
    void aFetchThatReadsWhenItEndsLosesNoSlice() throws Exception {
        Asked a = partition("a");
        append(a);
        node.run(node::restart);
        partition("a");
        node.memory.setCached(false);
        CompletableFuture<Void> gate = node.occupyReaders();
        ask(a);
        var reply = fetch();
        assertThat(reply).isNotDone();
        onHome(reads::close);
        assertThat(get(reply)).isEmpty();
        gate.complete(null);
        node.awaitQuiet();
    }

    @Test
    void coldRecordsAreTold() throws Exception {
        Asked a = partition("a");
        append(a);
        node.run(node::restart);
        partition("a");
        node.memory.setCached(false);
        ask(a);
        assertThat(onlyPart(fetch()).bytes()).isPositive();
    }

    /// A node that registers anew, or a broken connection's late question: the follower is told to ask again.
    @Test
    void whoseQuestionWasAskedElsewhereSinceIsTold() throws Exception {
        Asked a = partition("a");
        ask(a);
        hurry(fetch());
        var reply = fetch();
        CompletableFuture<FollowerReads<Asked>> second = new CompletableFuture<>();
        Catalog nothing = MetadataImage.empty("cluster", HostFixture.NODE, Map.of());
        onHome(() -> {
            FollowerReads<Asked> others = node.sessions(home, () -> nothing).follow(Asker.follower(FOLLOWER, 1));
            others.ask(new Asked(a.id));
            FetchQuery limits = new FetchQuery(Asker.follower(FOLLOWER, 1), 1, BYTES_MAX, FOREVER_MS, false, List.of());
            others.fetch(limits, _ -> {});
            second.complete(others);
        });
        assertThat(onlyPart(reply).error()).isEqualTo(ErrorKind.UNKNOWN_LEADER_EPOCH);
        onHome(second.join()::close);
    }
}
