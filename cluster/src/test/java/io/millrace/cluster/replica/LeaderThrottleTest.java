package io.millrace.cluster.replica;

import static io.millrace.cluster.replica.LedPartition.FOLLOWER;
import static io.millrace.cluster.replica.LedPartition.ME;
import static io.millrace.cluster.replica.LedPartition.THIRD;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.ThrottledReplicas;
import io.millrace.broker.catalog.ThrottledReplicas.Replica;
import io.millrace.log.ReadResult.Ready;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Whom a leader lets wait (KIP-73).
final class LeaderThrottleTest {
    private final LedPartition led = new LedPartition(1, List.of(ME, FOLLOWER, THIRD), Racks.UNUSED);

    @BeforeEach
    void theThirdIsOutOfSync() {
        led.append("0");
        led.append("1");
        led.throttled = new ThrottledReplicas(false, Set.of(new Replica(0, ME)));
        led.assign(ME, 3, 1, List.of(ME, FOLLOWER));
        led.clock.advanceMs(5_000); // who had everything a moment ago is waited for
        led.fetchBy(FOLLOWER, 0, 2);
        assertThat(led.partition.highWatermark()).isEqualTo(2);
    }

    private long sentTo(int nodeId, long offset) {
        return led.fetchBy(nodeId, 0, offset).bytes() instanceof Ready(var slice) ? slice.length() : 0;
    }

    @Test
    void whatIsSentToThoseOutOfSyncCounts() {
        long sent = sentTo(THIRD, 0);
        assertThat(sent).isPositive();
        assertThat(led.throttle.moved).isEqualTo(sent);

        assertThat(sentTo(FOLLOWER, 0)).isEqualTo(sent);
        assertThat(led.consume(0).error().name()).isEqualTo("NONE");
        assertThat(led.throttle.moved).isEqualTo(sent);
    }

    @Test
    void whoIsOutOfSyncWaitsAndNobodyElse() {
        led.throttle.isExceeded = true;

        assertThat(sentTo(THIRD, 0)).isZero();
        assertThat(sentTo(FOLLOWER, 0)).isPositive();
        assertThat(sentTo(FOLLOWER, 1)).isPositive();

        led.throttle.isExceeded = false;
        assertThat(sentTo(THIRD, 0)).isPositive();
    }

    @Test
    void whoTheHighWatermarkWaitsForDoesNotWait() {
        led.fetchBy(THIRD, 0, 2); // has caught up, and is proposed
        led.append("2");
        led.throttle.isExceeded = true;

        assertThat(sentTo(THIRD, 2)).isPositive();
    }

    @Test
    void onlyWhoIsListedIsThrottled() {
        led.throttle.isExceeded = true;
        led.throttled = new ThrottledReplicas(false, Set.of(new Replica(0, THIRD), new Replica(1, ME)));
        led.assign(ME, 3, 2, List.of(ME, FOLLOWER));
        assertThat(sentTo(THIRD, 0)).isPositive();

        led.throttled = ThrottledReplicas.ALL;
        led.assign(ME, 3, 3, List.of(ME, FOLLOWER));
        assertThat(sentTo(THIRD, 0)).isZero();
    }
}
