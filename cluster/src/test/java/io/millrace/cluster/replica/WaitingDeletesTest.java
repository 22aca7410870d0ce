package io.millrace.cluster.replica;

import static io.millrace.cluster.replica.LedPartition.FOLLOWER;
import static io.millrace.cluster.replica.LedPartition.ME;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ErrorKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// DeleteRecords on a leader whose follower has not deleted anything yet.
final class WaitingDeletesTest {
    private final LedPartition led = new LedPartition(1);
    private final List<String> answers = new ArrayList<>();

    @BeforeEach
    void write() {
        List.of("a", "b", "c").forEach(value -> assertThat(led.append(value)).isEqualTo(ErrorKind.NONE));
        led.fetch(0, 3, -1);
        led.fetch(3, 3, 3);
        assertThat(led.partition.deleteRecords(2)).isEqualTo(ErrorKind.NONE);
    }

    private void await(long offset, long forMs) {
        long deadlineMs = led.clock.monotonicMs() + forMs;
        led.partition.awaitDeleted(offset, deadlineMs, (error, low) -> answers.add(error + " " + low));
    }

    @Test
    void theAnswerComesWhenTheFollowerSaysThatItsLogBeginsThereToo() {
        await(2, 10_000);
        assertThat(answers).isEmpty();
        assertThat(led.partition.isRestless()).isTrue();
        led.fetchBy(FOLLOWER, 1, 3);
        assertThat(answers).isEmpty();

        led.fetchBy(FOLLOWER, 2, 3);

        assertThat(answers).containsExactly("NONE 2");
        assertThat(led.partition.isRestless()).isFalse();
    }

    @Test
    void theTimeIsUp() {
        await(2, 10_000);
        led.clock.advanceMs(9_999);
        led.partition.tick();
        assertThat(answers).isEmpty();
        led.clock.advanceMs(1);
        led.partition.tick();
        assertThat(answers).containsExactly("REQUEST_TIMED_OUT 0");
    }

    /// As in Kafka, which takes a client's limit as it is: what is there counts, and there is no waiting.
    @Test
    void aLimitBelowZeroIsUpAtOnce() {
        await(2, Integer.MIN_VALUE);
        assertThat(answers).containsExactly("REQUEST_TIMED_OUT 0");
        await(0, Integer.MIN_VALUE);
        assertThat(answers).containsExactly("REQUEST_TIMED_OUT 0", "NONE 0");
        assertThat(led.partition.isRestless()).isFalse();
    }

    @Test
    void aFollowerThatIsInSyncNoMoreIsNotWaitedFor() {
        await(2, 10_000);
        led.assign(ME, 3, 1, List.of(ME));
        assertThat(answers).containsExactly("NONE 2");
    }

    @Test
    void whoLosesTheLeadershipDoesNotKnow() {
        await(2, 10_000);
        led.assign(FOLLOWER, 4, 1, List.of(FOLLOWER, ME));
        assertThat(answers).containsExactly("NOT_LEADER -1");
        await(2, 10_000);
        assertThat(answers).containsExactly("NOT_LEADER -1", "NOT_LEADER -1");
    }

    @Test
    void whoGoesAnswersFirst() {
        await(2, 10_000);
        led.partition.close(ErrorKind.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(answers).containsExactly("UNKNOWN_TOPIC_OR_PARTITION -1");
    }
}
