package io.millrace.cluster.replica;

import static io.millrace.cluster.replica.LedPartition.FOLLOWER;
import static io.millrace.cluster.replica.LedPartition.ME;
import static io.millrace.cluster.replica.LedPartition.THIRD;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.partition.FetchReply.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Where a leader sends consumers that say in which rack they are (KIP-392).
final class NearestReplicaTest {
    private final Map<Integer, String> racks = new HashMap<>(Map.of(ME, "a", FOLLOWER, "b", THIRD, "b"));
    private final LedPartition led =
            new LedPartition(1, List.of(ME, FOLLOWER, THIRD), node -> racks.getOrDefault(node, ""));

    @BeforeEach
    void fourRecordsOfWhichAllHaveTwo() {
        List.of("0", "1", "2", "3").forEach(led::append);
        led.fetchBy(FOLLOWER, 0, 2);
        led.fetchBy(THIRD, 0, 2);
        assertThat(led.partition.highWatermark()).isEqualTo(2);
    }

    private int sentTo(String rack, long offset) {
        ReadOutcome outcome = led.consumeIn(rack, offset);
        assertThat(outcome.nearerReplica() == Part.NO_REPLICA || outcome.bytes() == null)
                .isTrue();
        return outcome.nearerReplica();
    }

    @Test
    void whoSaysNothingReadsFromTheLeader() {
        ReadOutcome outcome = led.consumeIn("", 0);

        assertThat(outcome.nearerReplica()).isEqualTo(Part.NO_REPLICA);
        assertThat(outcome.bytes()).isNotNull();
    }

    @Test
    void theLeaderServesItsOwnRackAndThoseWithoutAReplica() {
        assertThat(sentTo("a", 0)).isEqualTo(Part.NO_REPLICA);
        assertThat(sentTo("elsewhere", 0)).isEqualTo(Part.NO_REPLICA);

        racks.put(ME, "b");
        assertThat(sentTo("b", 0)).isEqualTo(Part.NO_REPLICA);
    }

    @Test
    void theOneThatIsFurthestServes() {
        led.fetchBy(FOLLOWER, 0, 3);
        assertThat(sentTo("b", 0)).isEqualTo(FOLLOWER);

        led.fetchBy(THIRD, 0, 4);
        assertThat(sentTo("b", 0)).isEqualTo(THIRD);
        assertThat(led.consumeIn("b", 0).highWatermark()).isEqualTo(3);
    }

    @Test
    void onlyWhoHasWhatIsAskedForServes() {
        led.fetchBy(FOLLOWER, 1, 4); // its log begins later
        led.fetchBy(THIRD, 0, 3);

        assertThat(sentTo("b", 0)).isEqualTo(THIRD);
        assertThat(sentTo("b", 1)).isEqualTo(FOLLOWER);
        assertThat(sentTo("b", 4)).isEqualTo(FOLLOWER);
    }

    @Test
    void whoIsNotInSyncDoesNotServe() {
        led.assign(ME, 3, 1, List.of(ME, THIRD));
        led.fetchBy(FOLLOWER, 0, 3);

        assertThat(sentTo("b", 0)).isEqualTo(THIRD);

        led.assign(ME, 3, 2, List.of(ME));
        assertThat(sentTo("b", 0)).isEqualTo(Part.NO_REPLICA);
    }

    @Test
    void aNewLeaderSendsNobodyToAFollowerItHasNotHeardOf() {
        led.fetchBy(FOLLOWER, 0, 4);
        led.fetchBy(THIRD, 0, 4);
        led.assign(ME, 4, 1, List.of(ME, FOLLOWER, THIRD));

        assertThat(sentTo("b", 0)).isEqualTo(Part.NO_REPLICA);
    }

    @Test
    void followersHearOfTheHighWatermarkAtOnceWhereSomebodyReadsThere() {
        assertThat(isNewsAwaitedAt(3)).isFalse();
        assertThat(sentTo("b", 0)).isEqualTo(FOLLOWER);
        led.append("e");
        assertThat(isNewsAwaitedAt(4)).isTrue();

        led.clock.advanceMs(6 * 60_000);
        led.append("f");
        assertThat(isNewsAwaitedAt(5)).isFalse();
    }

    /// Whether a follower that has everything is to hear at once that everything below `offset` is committed.
    private boolean isNewsAwaitedAt(long offset) {
        List<Boolean> told = new ArrayList<>();
        led.fetch(
                led.partition.log().endOffset(),
                3,
                new StandingRead() {
                    @Override
                    public void onChange() {}

                    @Override
                    public void onNews(boolean isAwaited) {
                        told.add(isAwaited);
                    }
                },
                true);
        led.fetchBy(THIRD, 0, offset);
        assertThat(led.partition.highWatermark()).isEqualTo(offset);
        assertThat(told).hasSize(1);
        return told.getFirst();
    }
}
