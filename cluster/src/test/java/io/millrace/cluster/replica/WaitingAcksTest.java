package io.millrace.cluster.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.partition.LeaderHint;
import io.millrace.log.batch.AppendResult;
import io.millrace.model.ErrorKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WaitingAcksTest {
    private final WaitingAcks acks = new WaitingAcks();
    private final List<String> answers = new ArrayList<>();

    private void add(long offset, long deadlineMs) {
        acks.add(appended(offset), deadlineMs, reply -> answers.add(offset + " " + reply.error()));
    }

    private void addFaulty(long offset, long deadlineMs) {
        acks.add(appended(offset), deadlineMs, reply -> {
            throw new IllegalStateException("ours");
        });
    }

    private static AppendResult appended(long offset) {
        return AppendResult.appended(offset, offset + 1, -1, 0, false);
    }

    @Test
    void releasesInOrderWhatIsPassed() {
        add(0, 100);
        add(1, 100);
        add(2, 100);
        acks.release(2);
        assertThat(answers).containsExactly("0 NONE", "1 NONE");
        assertThat(acks.isEmpty()).isFalse();
    }

    @Test
    void aLongTimeoutDoesNotDelayShorterOnesBehindIt() {
        add(0, Long.MAX_VALUE);
        add(1, 50);
        add(2, 70);
        acks.expire(49);
        assertThat(answers).isEmpty();
        acks.expire(50);
        assertThat(answers).containsExactly("1 REQUEST_TIMED_OUT");
        acks.expire(70);
        assertThat(answers).containsExactly("1 REQUEST_TIMED_OUT", "2 REQUEST_TIMED_OUT");
        acks.release(1);
        assertThat(answers).last().isEqualTo("0 NONE");
        assertThat(acks.isEmpty()).isTrue();
    }

    @Test
    void worksOnAfterItWasIdle() {
        acks.release(0);
        acks.expire(0);
        acks.fail(ErrorKind.STORAGE_ERROR, LeaderHint.NONE);
        add(0, 100);
        acks.idle();
        assertThat(acks.isEmpty()).isFalse();
        acks.release(1);
        acks.idle();
        assertThat(acks.isEmpty()).isTrue();
        add(1, 100);
        acks.release(2);
        assertThat(answers).containsExactly("0 NONE", "1 NONE");
    }

    @Test
    void anAnswerThatThrowsKeepsNobodyElseFromTheirs() {
        addFaulty(0, 10);
        add(1, 10);
        assertThatThrownBy(() -> acks.release(2)).hasMessage("ours");
        assertThat(answers).containsExactly("1 NONE");

        addFaulty(2, 10);
        add(3, 10);
        assertThatThrownBy(() -> acks.expire(10)).hasMessage("ours");
        assertThat(answers).last().isEqualTo("3 REQUEST_TIMED_OUT");

        addFaulty(4, 10);
        add(5, 10);
        assertThatThrownBy(() -> acks.fail(ErrorKind.STORAGE_ERROR, LeaderHint.NONE))
                .hasMessage("ours");
        assertThat(answers).last().isEqualTo("5 STORAGE_ERROR");
        assertThat(acks.isEmpty()).isTrue();
    }
}
