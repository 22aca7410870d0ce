package io.millrace.log.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LeaderEpochsTest {
    private final LeaderEpochs epochs =
            new LeaderEpochs(List.of(new EpochEntry(2, 0), new EpochEntry(5, 10), new EpochEntry(6, 30)));

    @Test
    void answersWhereAnEpochEnded() {
        assertThat(epochs.endOffsetFor(6, 42)).isEqualTo(new EpochEnd(6, 42));
        assertThat(epochs.endOffsetFor(5, 42)).isEqualTo(new EpochEnd(5, 30));
        assertThat(epochs.endOffsetFor(4, 42)).isEqualTo(new EpochEnd(2, 10));
        assertThat(epochs.endOffsetFor(3, 42)).isEqualTo(new EpochEnd(2, 10));
        assertThat(epochs.endOffsetFor(2, 42)).isEqualTo(new EpochEnd(2, 10));
        assertThat(epochs.endOffsetFor(1, 42)).isEqualTo(new EpochEnd(1, 0));
        assertThat(epochs.endOffsetFor(7, 42)).isEqualTo(new EpochEnd(-1, -1));
        assertThat(epochs.endOffsetFor(-1, 42)).isEqualTo(new EpochEnd(-1, -1));
        assertThat(new LeaderEpochs().endOffsetFor(0, 42)).isEqualTo(new EpochEnd(-1, -1));
    }

    @Test
    void knowsTheEpochOfAnOffset() {
        assertThat(epochs.epochOf(9)).isEqualTo(2);
        assertThat(epochs.epochOf(10)).isEqualTo(5);
        assertThat(epochs.epochOf(999)).isEqualTo(6);
        epochs.truncateFromStart(15);
        assertThat(epochs.epochOf(14)).isEqualTo(LeaderEpochs.UNDEFINED);
    }

    @Test
    void assigningAgainChangesNothing() {
        assertThat(epochs.assign(6, 30)).isFalse();
        assertThat(epochs.assign(6, 35)).isFalse();
        assertThat(epochs.assign(-1, 35)).isFalse();
        assertThat(epochs.assign(7, 35)).isTrue();
        assertThat(epochs.latest()).isEqualTo(7);
    }

    @Test
    void contradictedEntriesGiveWay() {
        assertThat(epochs.assign(4, 20)).isTrue();
        assertThat(epochs.entries()).containsExactly(new EpochEntry(2, 0), new EpochEntry(4, 20));
        assertThat(epochs.assign(9, 20)).isTrue();
        assertThat(epochs.entries()).containsExactly(new EpochEntry(2, 0), new EpochEntry(9, 20));
        assertThat(epochs.assign(9, 15)).isTrue();
        assertThat(epochs.entries()).containsExactly(new EpochEntry(2, 0), new EpochEntry(9, 15));
    }

    @Test
    void truncatesAtBothEnds() {
        assertThat(epochs.truncateFromEnd(31)).isFalse();
        assertThat(epochs.truncateFromEnd(30)).isTrue();
        assertThat(epochs.entries()).containsExactly(new EpochEntry(2, 0), new EpochEntry(5, 10));
        assertThat(epochs.truncateFromStart(0)).isFalse();
        assertThat(epochs.truncateFromStart(10)).isTrue();
        assertThat(epochs.entries()).containsExactly(new EpochEntry(5, 10));
        assertThat(epochs.truncateFromStart(100)).isTrue();
        assertThat(epochs.entries()).containsExactly(new EpochEntry(5, 100));
    }

    @Test
    void theCheckpointIsKafkasText() {
        String text = "0\n3\n2 0\n5 10\n6 30\n";
        assertThat(EpochCheckpoint.encode(epochs.entries())).isEqualTo(text);
        assertThat(EpochCheckpoint.decode(text)).contains(epochs.entries());
        assertThat(EpochCheckpoint.decode("0\n0\n")).contains(List.of());
        for (String bad : List.of(
                "",
                "0",
                "0\n1\n1 18",
                "1\n0\n",
                "0\n1\n",
                "0\n0\n1 1\n",
                "0\n1\nx 1\n",
                "0\n1\n1\n",
                "0\n99999999999\n")) {
            assertThat(EpochCheckpoint.decode(bad)).as(bad).isEmpty();
        }
    }
}
