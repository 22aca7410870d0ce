package io.millrace.cluster.replica;

import static io.millrace.cluster.replica.LedPartition.FOLLOWER;
import static io.millrace.cluster.replica.LedPartition.ME;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.partition.FetchReply.DivergingEpoch;
import io.millrace.log.RecoveryJob;
import io.millrace.model.ErrorKind;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A leader in the page cache whose disk forgets, and a follower that has what was forgotten.
final class LostTailTest {
    private final LedPartition led = new LedPartition(1);

    /// The second of three batches and those after it are gone.
    private void loseTail() throws IOException {
        int batchBytes = LedPartition.batch("a").remaining();
        led.disk.flipBit("/data/t-0/00000000000000000000.log", batchBytes * 2L - 1, 3);
        led.partition.log().fail();
        led.partition.onStorageError();
        RecoveryJob job = led.partition.log().beginRecovery().orElseThrow();
        job.run();
        led.partition.log().endRecovery(job);
        led.partition.onReloaded();
    }

    private void writeThree() {
        List.of("a", "b", "c").forEach(value -> assertThat(led.append(value)).isEqualTo(ErrorKind.NONE));
        led.fetch(0, 3, -1);
        led.fetch(3, 3, 3);
        assertThat(led.partition.highWatermark()).isEqualTo(3);
    }

    @Test
    void aLeaderWhoseDiskForgotLeadsNoMoreInThatEpoch() throws IOException {
        writeThree();
        loseTail();
        assertThat(led.partition.log().endOffset()).isEqualTo(1);

        assertThat(led.append("other")).isEqualTo(ErrorKind.NOT_LEADER);
        assertThat(led.fetch(3, 3, 3).error()).isEqualTo(ErrorKind.NOT_LEADER);
        assertThat(led.partition.checkReadable(3)).isEqualTo(ErrorKind.NOT_LEADER);
        assertThat(led.partition.highWatermark()).isEqualTo(1);
        assertThat(led.givenUp).hasSize(1);
        assertThat(led.partition.isRestless()).isTrue();

        led.assign(FOLLOWER, 4, 1, List.of(FOLLOWER));
        assertThat(led.partition.followPosition()).isEqualTo(new FollowPosition(4, 1, 0, 3));
    }

    @Test
    void whereNobodyElseCanLeadItLeadsInAnotherEpochAndFollowersSeeThatTheyPart() throws IOException {
        writeThree();
        led.assign(ME, 3, 1, List.of(ME));
        loseTail();
        led.assign(ME, 3, 2, List.of(ME));
        assertThat(led.append("other")).isEqualTo(ErrorKind.NOT_LEADER);

        led.assign(ME, 4, 3, List.of(ME));

        assertThat(led.append("d")).isEqualTo(ErrorKind.NONE);
        assertThat(led.append("e")).isEqualTo(ErrorKind.NONE);
        assertThat(led.append("f")).isEqualTo(ErrorKind.NONE);
        assertThat(led.fetch(3, 4, 3).divergingEpoch()).isEqualTo(new DivergingEpoch(3, 1));
    }

    @Test
    void theControllerIsAskedUntilItAnswers() throws IOException {
        writeThree();
        loseTail();
        led.clock.advanceMs(5_000);
        led.partition.tick();
        assertThat(led.givenUp).hasSize(1); // the first question is still out
        led.givenUp.getFirst().accept(false);
        led.partition.tick();
        assertThat(led.givenUp).hasSize(1);
        led.clock.advanceMs(1_000);
        led.partition.tick();
        assertThat(led.givenUp).hasSize(2);
        led.givenUp.getLast().accept(true);
        led.clock.advanceMs(5_000);
        led.partition.tick();
        assertThat(led.givenUp).hasSize(2);
    }

    @Test
    void aFollowerThatAsksForWhatIsCommittedIsInSyncNoMore() {
        writeThree();
        led.fetch(1, 3, 3);

        assertThat(led.proposals).hasSize(1);
        assertThat(led.proposals.getFirst().isr())
                .extracting(InSyncProposal.Member::nodeId)
                .containsExactly(ME);
    }

    @Test
    void aReplicaThatNobodyCountsOnMayComeBackShorter() throws IOException {
        writeThree();
        led.assign(FOLLOWER, 4, 1, List.of(FOLLOWER));
        loseTail();
        assertThat(led.givenUp).isEmpty();
        assertThat(led.partition.followPosition()).isEqualTo(new FollowPosition(4, 1, 0, 3));
    }
}
