package io.millrace.server.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DiskMoodTest {
    private static final long START_NS = 1_000_000;

    private final AtomicBoolean many = new AtomicBoolean();
    private final AtomicInteger looks = new AtomicInteger();
    private final DiskMood mood = new DiskMood(() -> {
        looks.incrementAndGet();
        return many.get();
    });

    @Test
    void aSmallWriteIsForTheLoopAndALargeOneIsNot() {
        assertThat(mood.isForLoop(100, START_NS)).isTrue();
        assertThat(mood.isForLoop(DiskMood.LARGE_BYTES, START_NS)).isFalse();
    }

    @Test
    void onlyWhatIsMuchIsForTheFewThreadsThatCopy() {
        assertThat(DiskMood.isBulk(DiskMood.BULK_BYTES - 1)).isFalse();
        assertThat(DiskMood.isBulk(DiskMood.BULK_BYTES)).isTrue();
    }

    @Test
    void afterASlowWriteTheLoopWritesNothingForAWhile() {
        mood.onWrite(DiskMood.SLOW_NS + 1, START_NS);

        assertThat(mood.isForLoop(100, START_NS + DiskMood.CALM_AFTER_NS - 1)).isFalse();
        assertThat(mood.isForLoop(100, START_NS + DiskMood.CALM_AFTER_NS)).isTrue();
    }

    @Test
    void manyDirtyPagesKeepTheLoopFromWriting() {
        many.set(true);
        assertThat(mood.isForLoop(100, START_NS)).isFalse();

        many.set(false);
        assertThat(mood.isForLoop(100, START_NS + DiskMood.LOOK_EVERY_NS - 1)).isFalse();
        assertThat(mood.isForLoop(100, START_NS + DiskMood.LOOK_EVERY_NS)).isTrue();
        assertThat(looks).hasValue(2);
    }
}
