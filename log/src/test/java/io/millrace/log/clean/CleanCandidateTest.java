package io.millrace.log.clean;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.clean.CleanCandidate.DirtySegment;
import io.millrace.log.config.LogConfig;
import io.millrace.model.TopicPartition;
import java.util.List;
import org.junit.jupiter.api.Test;

class CleanCandidateTest {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);
    private static final List<DirtySegment> SEGMENTS = List.of(
            new DirtySegment(0, 100, 10, 20), new DirtySegment(50, 60, 20, 30),
            new DirtySegment(90, 40, 30, 40), new DirtySegment(120, 999, 40, 50));

    @Test
    void dirtyIsWhatLiesBetweenTheCheckpointAndTheActiveSegment() {
        CleanCandidate candidate = judge(50, Long.MAX_VALUE, LogConfig.DEFAULT, 1000);
        assertThat(candidate.firstDirtyOffset()).isEqualTo(50);
        assertThat(candidate.firstUncleanableOffset()).isEqualTo(120);
        assertThat(candidate.cleanBytes()).isEqualTo(100);
        assertThat(candidate.dirtyBytes()).isEqualTo(100);
        assertThat(candidate.isDue()).isFalse();
        assertThat(judge(-1, Long.MAX_VALUE, LogConfig.DEFAULT, 1000).isDue()).isTrue();
        assertThat(judge(999, Long.MAX_VALUE, LogConfig.DEFAULT, 1000).firstDirtyOffset())
                .isZero();
        assertThat(judge(120, Long.MAX_VALUE, LogConfig.DEFAULT, 1000).isDue()).isFalse();
    }

    @Test
    void openTransactionsAndYoungRecordsAreLeftAlone() {
        assertThat(judge(0, 55, LogConfig.DEFAULT, 1000).firstUncleanableOffset())
                .isEqualTo(55);
        assertThat(judge(0, 999, config(15, Long.MAX_VALUE), 50).firstUncleanableOffset())
                .isEqualTo(90);
        assertThat(judge(0, 999, config(100, Long.MAX_VALUE), 50).isDue()).isFalse();
    }

    @Test
    void oldDirtMakesALogDue() {
        assertThat(judge(50, 999, config(0, 980), 1000).isDue()).isFalse();
        assertThat(judge(50, 999, config(0, 979), 1000).isDue()).isTrue();
    }

    @Test
    void theFilthiestGoesFirst() {
        CleanCandidate half = new CleanCandidate(new TopicPartition("a", 0), 0, 9, 50, 51, false, 0.5);
        CleanCandidate all = new CleanCandidate(new TopicPartition("b", 1), 0, 9, 0, 1, false, 0.5);
        CleanCandidate same = new CleanCandidate(new TopicPartition("b", 0), 0, 9, 0, 1, false, 0.5);
        CleanCandidate little = new CleanCandidate(new TopicPartition("c", 0), 0, 9, 99, 1, false, 0.5);
        assertThat(CleanCandidate.filthiest(List.of(half, all, same, little))).contains(same);
        assertThat(CleanCandidate.filthiest(List.of(little))).isEmpty();
        assertThat(CleanCandidate.filthiest(List.of())).isEmpty();
    }

    private static CleanCandidate judge(long checkpoint, long lastStable, LogConfig config, long now) {
        return CleanCandidate.of(PARTITION, SEGMENTS, 0, lastStable, checkpoint, config, now);
    }

    private static LogConfig config(long minLag, long maxLag) {
        return CleanFolder.config(1 << 20, 1000, minLag, maxLag);
    }
}
