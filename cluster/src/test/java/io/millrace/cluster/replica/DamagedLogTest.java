package io.millrace.cluster.replica;

import static io.millrace.cluster.replica.LedPartition.FOLLOWER;
import static io.millrace.cluster.replica.LedPartition.ME;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.RecoveryJob;
import io.millrace.log.TruncationJob;
import io.millrace.log.disk.DamageException;
import io.millrace.model.ErrorKind;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A replica that was found damaged, and when it may throw away what it has.
final class DamagedLogTest {
    private final LedPartition led = new LedPartition(1);

    @BeforeEach
    void write() {
        List.of("a", "b", "c").forEach(value -> assertThat(led.append(value)).isEqualTo(ErrorKind.NONE));
        led.fetch(0, 3, -1);
        led.fetch(3, 3, 3);
    }

    private void repair() {
        FollowStep.Repair step = (FollowStep.Repair) led.partition.repair();
        TruncationJob job = led.partition.log().beginRepair(step.offset()).orElseThrow();
        job.run();
        led.partition.log().endTruncation(job);
        led.partition.onReloaded();
    }

    @Test
    void aLeaderGivesThePartitionUpAndServesUntilItIsHeard() {
        assertThat(led.partition.onDamaged(1)).isTrue();
        assertThat(led.partition.onDamaged(1)).isFalse();
        assertThat(led.givenUp).hasSize(1);
        assertThat(led.append("d")).isEqualTo(ErrorKind.NONE);
        assertThat(led.partition.repair()).isNull();
    }

    @Test
    void itIsRepairedOnceAnotherLeadsAndFetchedAgainFromThere() {
        led.partition.onDamaged(1);
        led.assign(FOLLOWER, 4, 1, List.of(FOLLOWER));
        assertThat(led.partition.repair()).isNull(); // the controller has not said so
        led.givenUp.getFirst().accept(true);
        assertThat(led.partition.followPosition()).isNull();

        repair();

        assertThat(led.partition.isDamaged()).isFalse();
        assertThat(led.partition.isRestless()).isTrue(); // it asks again until it is in sync
        assertThat(led.partition.followPosition()).isEqualTo(new FollowPosition(4, 1, 0, 3));
    }

    @Test
    void theLastInSyncKeepsWhatItHasUntilAnotherHasJoined() {
        led.assign(ME, 3, 1, List.of(ME));
        led.partition.onDamaged(1);
        led.clock.advanceMs(60_000);
        led.partition.tick();
        assertThat(led.givenUp).isEmpty();

        led.assign(ME, 3, 2, List.of(ME, FOLLOWER));

        assertThat(led.givenUp).hasSize(1);
    }

    @Test
    void aLeaderForWantOfOthersIsNotGivenUp() {
        led.partition.onDamaged(1);
        led.givenUp.getFirst().accept(true);
        led.assign(ME, 4, 1, List.of(ME));
        led.assign(FOLLOWER, 5, 2, List.of(FOLLOWER));
        assertThat(led.partition.repair()).isNull();
        led.clock.advanceMs(1_000);
        led.partition.tick();

        led.givenUp.getLast().accept(true);

        assertThat(led.partition.repair()).isEqualTo(new FollowStep.Repair(1));
    }

    /// What it asked as long as it had everything may reach the leader late.
    @Test
    void aFollowerLeavesTheEpochUnderWhichItAskedBeforeItIsRepaired() {
        led.assign(FOLLOWER, 4, 1, List.of(FOLLOWER, ME));
        led.partition.onDamaged(1);
        assertThat(led.leftEpochs).containsExactly(4);
        assertThat(led.givenUp).isEmpty();
        assertThat(led.partition.followPosition()).isNotNull(); // whom others count on goes on

        led.assign(FOLLOWER, 6, 2, List.of(FOLLOWER, ME));
        assertThat(led.partition.followPosition()).isNull();
        assertThat(led.givenUp).hasSize(1);
        led.givenUp.getFirst().accept(true);
        assertThat(led.partition.repair()).isNull(); // in sync, as far as is known here

        led.assign(FOLLOWER, 6, 3, List.of(FOLLOWER));
        assertThat(led.partition.repair()).isEqualTo(new FollowStep.Repair(1));
    }

    private static DamageException from(long trustedOffset) {
        return new DamageException("a bit has flipped", trustedOffset);
    }

    private void giveUp() {
        led.assign(FOLLOWER, 4, 1, List.of(FOLLOWER));
        led.givenUp.getLast().accept(true);
    }

    @Test
    void aLogThatDoesNotComeBackIsSalvagedOnceNobodyCountsOnIt() {
        led.partition.log().fail();
        led.partition.onStorageError();
        assertThat(led.partition.isDamaged()).isFalse(); // its disk may take writes again

        assertThat(led.partition.onUnrecoverable(from(0))).isTrue();
        assertThat(led.partition.onUnrecoverable(from(0))).isFalse();

        assertThat(led.givenUp).hasSize(1);
        assertThat(led.partition.repair()).isNull();
        giveUp();
        assertThat(led.partition.repair()).isEqualTo(new FollowStep.Salvage(0));
    }

    /// Retention may have deleted it, and the log does not come back all the same.
    @Test
    void damageBelowTheStartKeepsALogFromComingBack() {
        led.partition.log().fail();
        led.partition.log().advanceStartOffset(3);
        led.partition.onStorageError();
        led.partition.onUnrecoverable(from(0));
        giveUp();

        led.partition.tick();

        assertThat(led.partition.isDamaged()).isTrue();
        assertThat(led.partition.repair()).isEqualTo(new FollowStep.Salvage(0));
    }

    @Test
    void aSalvageThatTheDiskRefusesWaitsUntilARecoveryFindsTheDamageAgain() {
        led.partition.log().fail();
        led.partition.onStorageError();
        led.partition.onUnrecoverable(from(0));
        giveUp();

        led.partition.onStorageError();

        assertThat(led.partition.repair()).isNull();
        assertThat(led.partition.isDamaged()).isTrue();
        led.partition.onUnrecoverable(from(0));
        assertThat(led.partition.repair()).isEqualTo(new FollowStep.Salvage(0));
    }

    /// Somebody has put the file back.
    @Test
    void aLogThatComesBackAfterAllIsWhole() {
        led.partition.log().fail();
        led.partition.onStorageError();
        led.partition.onUnrecoverable(from(0));
        RecoveryJob job = led.partition.log().beginRecovery().orElseThrow();
        job.run();
        led.partition.log().endRecovery(job);
        led.partition.onReloaded();

        assertThat(led.partition.isDamaged()).isFalse();
        assertThat(led.partition.repair()).isNull();
    }

    @Test
    void whatAReaderFoundIsRepairedWhenTheLogIsBack() {
        led.partition.onDamaged(1);
        led.partition.log().fail();
        led.partition.onStorageError();
        led.partition.onUnrecoverable(from(0));
        giveUp();
        assertThat(led.partition.repair()).isEqualTo(new FollowStep.Salvage(0));
        RecoveryJob job = led.partition.log().beginRecovery().orElseThrow();
        job.run();
        led.partition.log().endRecovery(job);
        led.partition.onReloaded();

        assertThat(led.partition.repair()).isEqualTo(new FollowStep.Repair(1));
    }

    @Test
    void theControllerIsAskedAgain() {
        led.partition.onDamaged(1);
        led.givenUp.getFirst().accept(false);
        led.partition.tick();
        assertThat(led.givenUp).hasSize(1);
        led.clock.advanceMs(1_000);
        led.partition.tick();
        assertThat(led.givenUp).hasSize(2);
    }

    @Test
    void whatIsDeletedIsDamagedNoMore() {
        led.partition.onDamaged(1);
        led.partition.log().advanceStartOffset(2);
        led.partition.tick();
        assertThat(led.partition.isDamaged()).isFalse();
        assertThat(led.partition.onDamaged(1)).isFalse();
    }
}
