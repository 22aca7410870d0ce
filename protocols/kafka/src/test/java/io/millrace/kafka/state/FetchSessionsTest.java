package io.millrace.kafka.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.state.FetchSessions.Turn;
import io.millrace.model.TopicId;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class FetchSessionsTest {
    private static final short V = 11;

    private final FetchSessions sessions = new FetchSessions(new SeededRandomness(3), 2, 10);

    private static List<FetchPartition> partitions(int count) {
        List<FetchPartition> partitions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            partitions.add(new FetchPartition(
                    new FetchPartition.Key("orders", TopicId.NONE, i), new FetchRequestData.FetchPartition()));
        }
        return partitions;
    }

    private Optional<FetchSession> open(int size, long nowMs) {
        return sessions.open(partitions(size), V, nowMs);
    }

    private Turn turn(int id, int epoch, long nowMs) {
        return sessions.turn(new FetchRequestData().setSessionId(id).setSessionEpoch(epoch), V, nowMs);
    }

    @Test
    void aFullCacheOfFreshSessionsOpensNoMore() {
        open(1, 0);
        open(1, 0);

        assertThat(open(5, 1_000)).isEmpty();
        assertThat(sessions.size()).isEqualTo(2);
    }

    @Test
    void theLongestUnusedSessionMakesRoomAfterTwoMinutes() {
        int first = open(1, 0).orElseThrow().id();
        int second = open(1, 0).orElseThrow().id();
        turn(first, 1, 60_000);

        assertThat(open(1, 120_000)).isPresent();

        assertThat(turn(second, 1, 120_000)).isEqualTo(new Turn.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND));
        assertThat(turn(first, 2, 120_000)).isInstanceOf(Turn.Incremental.class);
    }

    @Test
    void aSmallerSessionMakesRoomForABiggerOneOnceItIsOld() {
        int small = open(2, 0).orElseThrow().id();
        int big = open(8, 0).orElseThrow().id();
        turn(small, 1, 119_000);
        turn(big, 1, 119_000);

        assertThat(open(2, 121_000)).isEmpty();
        assertThat(open(5, 121_000)).isPresent();

        assertThat(turn(small, 2, 121_000)).isInstanceOf(Turn.Refused.class);
        assertThat(turn(big, 2, 121_000)).isInstanceOf(Turn.Incremental.class);
    }

    @Test
    void tooManyPartitionsGetNoSession() {
        assertThat(open(11, 0)).isEmpty();
        assertThat(open(10, 0)).isPresent();
    }

    @Test
    void aSessionThatGrowsTooBigEnds() {
        int id = open(10, 0).orElseThrow().id();
        FetchRequestData more = new FetchRequestData()
                .setSessionId(id)
                .setSessionEpoch(1)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopic("more")
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()))));

        assertThat(sessions.turn(more, V, 0)).isEqualTo(new Turn.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND));
        assertThat(sessions.size()).isZero();
    }

    @Test
    void allSessionsTogetherAreBounded() {
        FetchSessions many = new FetchSessions(new SeededRandomness(3), 1_000, 10);
        int first = many.open(partitions(10), V, 0).orElseThrow().id();
        assertThat(many.open(partitions(9), V, 60_000)).isPresent();

        assertThat(many.open(partitions(2), V, 60_000)).isEmpty();
        assertThat(many.open(partitions(1), V, 60_000)).isPresent();

        assertThat(many.open(partitions(10), V, 120_000)).isPresent();
        assertThat(many.size()).isEqualTo(3);
        assertThat(many.turn(new FetchRequestData().setSessionId(first).setSessionEpoch(1), V, 120_000))
                .isEqualTo(new Turn.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND));
    }

    @Test
    void aSessionThatGrowsBeyondTheSharedRoomEnds() {
        FetchSessions many = new FetchSessions(new SeededRandomness(3), 1_000, 10);
        many.open(partitions(10), V, 0);
        many.open(partitions(9), V, 0);
        int id = many.open(partitions(1), V, 0).orElseThrow().id();
        FetchRequestData more = new FetchRequestData()
                .setSessionId(id)
                .setSessionEpoch(1)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopic("more")
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()))));

        assertThat(many.turn(more, V, 0)).isEqualTo(new Turn.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND));
        assertThat(many.open(partitions(1), V, 0)).as("its room is free again").isPresent();
    }

    @Test
    void aNewFullFetchReplacesTheSessionItNames() {
        int id = open(1, 0).orElseThrow().id();

        Turn full = turn(id, 0, 0);

        assertThat(full).isEqualTo(new Turn.Full(List.of(), true));
        assertThat(sessions.size()).isZero();
    }

    @Test
    void noSessionsAtAllIsAChoice() {
        assertThat(new FetchSessions(new SeededRandomness(1), 0, 10).open(partitions(1), V, 0))
                .isEmpty();
    }
}
