package io.millrace.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Timer;
import org.junit.jupiter.api.Test;

class SteadyTimeTest {
    private final AtomicLong monotonicNs = new AtomicLong(-5_000_000_000L);
    private final Time time = new SteadyTime(1_000_000, monotonicNs::get);

    @Test
    void goesOnFromTheWallClockByWhatIsMeasured() {
        assertThat(time.milliseconds()).isEqualTo(1_000_000);
        monotonicNs.addAndGet(7_000_000_000L);
        assertThat(time.milliseconds()).isEqualTo(1_007_000);
    }

    @Test
    void theEnginesTimersRunOutByIt() {
        Timer timer = time.timer(500);
        monotonicNs.addAndGet(499_000_000L);
        timer.update();
        assertThat(timer.isExpired()).isFalse();
        monotonicNs.addAndGet(1_000_000L);
        timer.update();
        assertThat(timer.isExpired()).isTrue();
    }
}
