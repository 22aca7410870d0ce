package io.millrace.cluster.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.model.ErrorKind;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The log of a queue goes on with the majority when a follower is silent (`millrace.replica.lag.time.max.ms`).
class MajorityLagTest {
    private static final List<Integer> ALL = List.of(LedPartition.ME, LedPartition.FOLLOWER, LedPartition.THIRD);
    private static final int LAG_MS = 600;
    private static final int TICK_MS = 100;

    /// Others are let go after 1000 ms.
    private final LedPartition led = led(2, ALL, LAG_MS);

    private static LedPartition led(int minInSync, List<Integer> replicas, long majorityLagMsMax) {
        LedPartition led = new LedPartition(minInSync, replicas, Racks.UNUSED, majorityLagMsMax);
        replicas.stream().skip(1).forEach(follower -> led.fetchBy(follower, 0, 0));
        return led;
    }

    private static void pass(LedPartition led, long ms) {
        for (long passed = 0; passed < ms; passed += TICK_MS) {
            led.clock.advanceMs(TICK_MS);
            led.partition.tick();
        }
    }

    private static List<Integer> proposed(LedPartition led) {
        assertThat(led.proposals).hasSize(1);
        return led.proposals.getFirst().isr().stream()
                .map(InSyncProposal.Member::nodeId)
                .toList();
    }

    @Test
    void anAppendIsAnsweredWithoutTheSilentFollower() {
        List<AppendReply> replies = led.append("a", Acks.ALL);
        led.fetchBy(LedPartition.FOLLOWER, 0, 1);

        pass(led, LAG_MS - TICK_MS);
        assertThat(led.proposals).isEmpty();
        pass(led, 2 * TICK_MS);
        assertThat(proposed(led)).containsExactly(LedPartition.ME, LedPartition.FOLLOWER);
        assertThat(replies).isEmpty();

        led.assign(LedPartition.ME, 3, 1, List.of(LedPartition.ME, LedPartition.FOLLOWER));
        assertThat(replies).extracting(AppendReply::error).containsExactly(ErrorKind.NONE);
    }

    @Test
    void ofTwoSilentFollowersTheBetterOneStays() {
        led.append("a");
        led.fetchBy(LedPartition.THIRD, 0, 1);
        led.clock.advanceMs(TICK_MS);
        led.append("b");

        pass(led, LAG_MS + 2 * TICK_MS);
        assertThat(proposed(led)).containsExactly(LedPartition.ME, LedPartition.THIRD);
    }

    @Test
    void theSetNeverGetsTooSmallToBeWrittenTo() {
        LedPartition all = led(3, ALL, LAG_MS);
        LedPartition two = led(1, List.of(LedPartition.ME, LedPartition.FOLLOWER), LAG_MS);
        for (LedPartition each : List.of(all, two)) {
            each.append("a");
            pass(each, LAG_MS + 2 * TICK_MS);
            assertThat(each.proposals).isEmpty();

            pass(each, 1_000); // as any other
            assertThat(proposed(each)).containsExactly(LedPartition.ME);
        }
    }

    @Test
    void aLeaderThatSleptListensBeforeItJudges() {
        led.append("a", Acks.ALL);
        led.clock.advanceMs(900);
        led.partition.tick();
        led.fetchBy(LedPartition.FOLLOWER, 0, 1);
        led.fetchBy(LedPartition.THIRD, 0, 1);
        pass(led, LAG_MS);
        assertThat(led.proposals).isEmpty();
    }

    @Test
    void anOldSuspicionIsForgotten() {
        led.append("a", Acks.ALL);
        led.fetchBy(LedPartition.FOLLOWER, 0, 1);
        pass(led, LAG_MS - TICK_MS);
        led.fetchBy(LedPartition.THIRD, 0, 1);

        led.append("b", Acks.ALL);
        led.fetchBy(LedPartition.FOLLOWER, 0, 2);
        led.clock.advanceMs(900);
        led.partition.tick();
        assertThat(led.proposals).isEmpty();
    }

    /// The same when nobody looked at it between its coming back and its next silence.
    @Test
    void anOldSuspicionIsForgottenUnseen() {
        led.append("a", Acks.ALL);
        led.fetchBy(LedPartition.FOLLOWER, 0, 1);
        pass(led, LAG_MS - 2 * TICK_MS);
        led.fetchBy(LedPartition.THIRD, 0, 0);
        led.append("b", Acks.ALL);
        led.fetchBy(LedPartition.THIRD, 0, 1);
        led.fetchBy(LedPartition.FOLLOWER, 0, 2);

        led.clock.advanceMs(LAG_MS - 2 * TICK_MS);
        led.partition.tick();
        assertThat(led.proposals).isEmpty();
    }

    /// Each time it goes and comes is a record of the metadata, in every partition of its node.
    @Test
    void whoLeavesAgainAndAgainIsWaitedForLonger() {
        led.append("a");
        led.fetchBy(LedPartition.FOLLOWER, 0, 1);
        pass(led, LAG_MS + 2 * TICK_MS);
        assertThat(proposed(led)).containsExactly(LedPartition.ME, LedPartition.FOLLOWER);
        comesBack(1, 1);

        led.append("b");
        led.fetchBy(LedPartition.FOLLOWER, 0, 2);
        pass(led, LAG_MS + 2 * TICK_MS);
        assertThat(led.proposals).as("soon after").isEmpty();
        led.fetchBy(LedPartition.THIRD, 0, 2);

        pass(led, 60_000);
        led.append("c");
        led.fetchBy(LedPartition.FOLLOWER, 0, 3);
        pass(led, LAG_MS + 2 * TICK_MS);
        assertThat(proposed(led)).as("long after").containsExactly(LedPartition.ME, LedPartition.FOLLOWER);
    }

    private void comesBack(int partitionEpoch, long end) {
        led.assign(LedPartition.ME, 3, partitionEpoch, List.of(LedPartition.ME, LedPartition.FOLLOWER));
        led.fetchBy(LedPartition.THIRD, 0, end);
        led.assign(LedPartition.ME, 3, partitionEpoch + 1, ALL);
        led.proposals.clear();
    }

    @Test
    void otherTopicsWaitAsLongAsEver() {
        LedPartition patient = led(2, ALL, -1);
        patient.append("a");
        patient.fetchBy(LedPartition.FOLLOWER, 0, 1);

        pass(patient, 1_000);
        assertThat(patient.proposals).isEmpty();
        pass(patient, TICK_MS);
        assertThat(proposed(patient)).containsExactly(LedPartition.ME, LedPartition.FOLLOWER);
    }
}
