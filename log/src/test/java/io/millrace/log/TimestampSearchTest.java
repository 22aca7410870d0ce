package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TimestampSearchTest {
    @Test
    void findsTheFirstRecordAtOrAfterATime() {
        LogFixture fixture =
                new LogFixture(new MemoryDisk(new ManualClock()), LogFixture.PATH, Configs.small(10_000, 0));
        fixture.appendFlushed(1000, "a", "b", "c");
        fixture.appendFlushed(500, "late");
        fixture.appendFlushed(2000, "d");
        assertThat(fixture.log().findByTimestamp(0).run()).isEqualTo(new TimestampOffset(0, 1000, 0));
        assertThat(fixture.log().findByTimestamp(1001).run()).isEqualTo(new TimestampOffset(1, 1001, 0));
        assertThat(fixture.log().findByTimestamp(1003).run()).isEqualTo(new TimestampOffset(4, 2000, 0));
        assertThat(fixture.log().findByTimestamp(2001).run()).isEqualTo(TimestampOffset.NONE);
        assertThat(fixture.log().findMaxTimestamp().run()).isEqualTo(new TimestampOffset(4, 2000, 0));
    }

    @Test
    void anEmptyLogHasNoTimes() {
        LogFixture fixture = new LogFixture(new MemoryDisk(new ManualClock()), LogFixture.PATH, LogConfig.DEFAULT);
        assertThat(fixture.log().findByTimestamp(0).run()).isEqualTo(TimestampOffset.NONE);
        assertThat(fixture.log().findMaxTimestamp().run()).isEqualTo(TimestampOffset.NONE);
    }

    @Test
    void whatIsNotWrittenYetHasNoTimes() {
        LogFixture fixture = new LogFixture(new MemoryDisk(new ManualClock()), LogFixture.PATH, Configs.small(100, 0));
        fixture.append(1000, "a");
        assertThat(fixture.log().findByTimestamp(0).run()).isEqualTo(TimestampOffset.NONE);
        assertThat(fixture.log().findMaxTimestamp().run()).isEqualTo(TimestampOffset.NONE);
        fixture.flush(false);
        fixture.append(2000, "b".repeat(100));
        assertThat(fixture.log().findByTimestamp(1500).run()).isEqualTo(TimestampOffset.NONE);
        assertThat(fixture.log().findMaxTimestamp().run()).isEqualTo(new TimestampOffset(0, 1000, 0));
    }

    @Property(tries = 100)
    void agreesWithAListAlsoAfterARestart(SeededRandomness random) {
        LogFixture fixture = new LogFixture(
                new MemoryDisk(new ManualClock()),
                LogFixture.PATH,
                Configs.small(random.between(200, 2000), random.between(0, 200)));
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            long time = random.between(1, 1000);
            fixture.appendFlushed(time, "x", "y");
            times.add(time);
            times.add(time + 1);
        }
        if (random.nextBoolean()) {
            fixture.reopenCleanly();
        }
        int start = random.nextInt(20);
        fixture.log().advanceStartOffset(start);
        for (int i = 0; i < 20; i++) {
            long wanted = random.between(0, 1100);
            assertThat(fixture.log().findByTimestamp(wanted).run()).isEqualTo(first(times, start, wanted));
        }
        long largest = times.subList(start, times.size()).stream()
                .mapToLong(Long::longValue)
                .max()
                .orElseThrow();
        assertThat(fixture.log().findMaxTimestamp().run().timestampMs()).isEqualTo(largest);
    }

    private static TimestampOffset first(List<Long> times, int start, long wanted) {
        for (int offset = start; offset < times.size(); offset++) {
            if (times.get(offset) >= wanted) {
                return new TimestampOffset(offset, times.get(offset), 0);
            }
        }
        return TimestampOffset.NONE;
    }
}
