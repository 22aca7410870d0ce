package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ManualClockTest {
    private final ManualClock clock = new ManualClock(5_000);

    @Test
    void bothClocksAdvanceTogether() {
        clock.advance(Duration.ofSeconds(2));
        clock.advanceMs(3);

        assertThat(clock.wallMs()).isEqualTo(7_003);
        assertThat(clock.monotonicMs()).isEqualTo(2_003);
    }

    @Test
    void smallStepsAddUpOnTheWall() {
        for (int i = 0; i < 4; i++) {
            clock.advance(Duration.ofNanos(250_000));
        }

        assertThat(clock.wallMs()).isEqualTo(5_001);
    }

    @Test
    void theWallJumpsAlone() {
        clock.jumpWallTo(10);

        assertThat(clock.wallMs()).isEqualTo(10);
        assertThat(clock.monotonicNs()).isZero();
    }

    @Test
    void timeDoesNotPassBackwards() {
        assertThatThrownBy(() -> clock.advanceMs(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
