package io.millrace.cluster.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WaitingReadsTest {
    private final WaitingReads reads = new WaitingReads();
    private final List<String> woken = new ArrayList<>();

    private ReadTicket add(String name, long offset) {
        return reads.add(offset, () -> woken.add(name));
    }

    @Test
    void wakesThoseBelowAndKeepsTheOthers() {
        add("a", 1);
        add("b", 5);
        add("c", 2);
        reads.wake(3);
        assertThat(woken).containsExactlyInAnyOrder("a", "c");
        reads.wake(6);
        assertThat(woken).containsExactlyInAnyOrder("a", "c", "b");
        assertThat(reads.size()).isZero();
    }

    @Test
    void aCancelledReadIsGoneWhereverItStood() {
        ReadTicket a = add("a", 1);
        add("b", 1);
        ReadTicket c = add("c", 1);
        a.cancel();
        c.cancel();
        a.cancel();
        reads.wakeAll();
        assertThat(woken).containsExactly("b");
    }

    @Test
    void aReadThatIsCancelledByAnotherOnesWakeIsNeitherWokenNorPutBack() {
        List<ReadTicket> others = new ArrayList<>();
        reads.add(1, () -> others.forEach(ReadTicket::cancel));
        others.add(add("woken with it", 1));
        others.add(add("still waiting", 9));
        reads.wake(2);
        reads.wakeAll();
        assertThat(woken).isEmpty();
        assertThat(reads.size()).isZero();
    }

    @Test
    void aWokenReadMayWaitAgain() {
        reads.add(1, () -> add("again", 7));
        reads.wake(2);
        assertThat(reads.size()).isEqualTo(1);
        reads.wake(8);
        assertThat(woken).containsExactly("again");
    }

    @Test
    void aWakeThatThrowsKeepsNobodyAsleep() {
        add("a", 1);
        reads.add(1, () -> {
            throw new IllegalStateException("ours");
        });
        add("b", 1);
        assertThatThrownBy(() -> reads.wake(2)).hasMessage("ours");
        assertThat(woken).containsExactlyInAnyOrder("a", "b");
    }
}
