package io.millrace.cluster.replica;

import static io.millrace.cluster.replica.LedPartition.FOLLOWER;
import static io.millrace.cluster.replica.LedPartition.ME;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.RecoveryJob;
import io.millrace.model.ErrorKind;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A follower's question that stays with its leader: what wakes it, and how often.
final class StandingReadTest {
    private final LedPartition led = new LedPartition(1);
    private final Question question = new Question();

    /// Counts what it is told.
    private static final class Question implements StandingRead {
        int changes;
        int news;

        @Override
        public void onChange() {
            changes++;
        }

        @Override
        public void onNews(boolean isAwaited) {
            news++;
        }
    }

    private ReadOutcome ask(long offset) {
        return led.fetch(offset, led.partition.assignment().leaderEpoch(), question, true);
    }

    private ReadOutcome lookAgain(long offset) {
        return led.fetch(offset, led.partition.assignment().leaderEpoch(), question, false);
    }

    @Test
    void anAppendWakesItOnce() {
        assertThat(ask(0).isNothing()).isTrue();
        led.append("a");
        led.append("b");
        assertThat(question.changes).isEqualTo(1);
    }

    @Test
    void whoFindsRecordsDoesNotWait() {
        led.append("a");
        assertThat(ask(0).bytes()).isNotNull();
        led.append("b");
        assertThat(question.changes).isZero();
    }

    @Test
    void anotherHighWatermarkIsNewsOnceAndAnAppendStillWakesIt() {
        led.append("a");
        led.append("b");
        ask(1);
        lookAgain(2); // so that it waits, with what it has still below the high watermark's next step
        led.fetch(2, 3, -1);
        assertThat(led.partition.highWatermark()).isEqualTo(2);
        led.partition.onRetained();
        assertThat(question.news).isEqualTo(1);
        led.append("c");
        assertThat(question.changes).isEqualTo(1);
    }

    @Test
    void aMovedLogStartIsNews() {
        led.append("a");
        ask(1);
        assertThat(led.partition.highWatermark()).isEqualTo(1);
        led.partition.deleteRecords(1);
        assertThat(question.news).isEqualTo(1);
    }

    @Test
    void whatIsLookedAtAgainAcknowledgesNothing() {
        led.append("a");
        ask(0);
        lookAgain(1);
        assertThat(led.partition.highWatermark()).isZero();
        ask(1);
        assertThat(led.partition.highWatermark()).isEqualTo(1);
    }

    /// Nothing wakes it then: it would be woken in vain again and again while a throttle holds it back.
    @Test
    void aQuestionThatMayGetNothingNowIsDueWithTheNextAnswer() {
        led.append("a");
        assertThat(led.fetchNothing(0, question).isNothing()).isTrue();
        led.append("b");
        assertThat(question.news).isEqualTo(1);
        assertThat(question.changes).isZero();
    }

    @Test
    void anotherLeadershipIsAnotherAnswer() {
        ask(0);
        led.assign(ME, 4, 1, List.of(ME, FOLLOWER));
        assertThat(question.changes).isEqualTo(1);
        assertThat(led.fetch(0, 3, question, false).error()).isEqualTo(ErrorKind.FENCED_LEADER_EPOCH);
    }

    @Test
    void aLeaderThatLeadsNoMoreSaysSo() {
        ask(0);
        led.assign(FOLLOWER, 4, 1, List.of(ME, FOLLOWER));
        assertThat(question.changes).isEqualTo(1);
    }

    @Test
    void whoIsNoReplicaAnyMoreIsTold() {
        ask(0);
        led.reassign(List.of(ME, 3));
        assertThat(question.changes).isEqualTo(1);
        assertThat(lookAgain(0).error()).isEqualTo(ErrorKind.UNKNOWN_LEADER_EPOCH);
    }

    /// Its replica may have been emptied meanwhile.
    @Test
    void whoComesBackAsAReplicaCountsOnlyWhenItAsksAnew() {
        led.append("a");
        ask(1);
        led.reassign(List.of(ME, 3));
        led.reassign(List.of(ME, FOLLOWER));
        int before = led.proposals.size();
        assertThat(lookAgain(1).error()).isEqualTo(ErrorKind.UNKNOWN_LEADER_EPOCH);
        assertThat(led.proposals).hasSize(before);
        ask(1);
        assertThat(led.proposals).hasSize(before + 1);
    }

    @Test
    void aPartitionThatLeavesWakesIt() {
        ask(0);
        led.partition.close(ErrorKind.NOT_LEADER);
        assertThat(question.changes).isEqualTo(1);
    }

    @Test
    void aLogThatComesBackShorterWakesIt() throws IOException {
        List.of("a", "b", "c").forEach(led::append);
        ask(3);
        int batchBytes = LedPartition.batch("a").remaining();
        led.disk.flipBit("/data/t-0/00000000000000000000.log", batchBytes * 2L - 1, 3);
        led.partition.log().fail();
        led.partition.onStorageError();
        RecoveryJob job = led.partition.log().beginRecovery().orElseThrow();
        job.run();
        led.partition.log().endRecovery(job);
        led.partition.onReloaded();
        assertThat(question.changes).isEqualTo(1);
        assertThat(lookAgain(3).error()).isEqualTo(ErrorKind.NOT_LEADER);
    }

    /// A broken connection's last question is read after the first of the next connection.
    @Test
    void aBelatedQuestionDoesNotKeepTheCurrentOneAsleep() {
        ask(0);
        led.fetch(0, 3, new Question(), true);
        assertThat(question.changes).isEqualTo(1);
        assertThat(lookAgain(0).error()).isEqualTo(ErrorKind.UNKNOWN_LEADER_EPOCH); // so the follower asks it anew
        assertThat(ask(0).isNothing()).isTrue();
        led.append("a");
        assertThat(question.changes).isEqualTo(2);
    }

    /// It is not heard of while there is nothing to tell, and has not lagged for that.
    @Test
    void whoHadEverythingBeforeAnAppendHasKeptUpUntilThen() {
        ask(0);
        led.clock.advanceMs(60_000);
        led.append("a");
        led.partition.shrinkInSync();
        assertThat(led.proposals).isEmpty();
        led.clock.advanceMs(1_001);
        led.partition.shrinkInSync();
        assertThat(led.proposals).hasSize(1);
    }

    @Test
    void whoLagsIsGivenUpHoweverMuchIsAppended() {
        ask(0);
        for (int i = 0; i < 4; i++) {
            led.append("a");
            led.clock.advanceMs(400);
        }
        led.partition.shrinkInSync();
        assertThat(led.proposals).hasSize(1);
    }
}
