package io.millrace.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/// What the plot shows of a histogram.
class LatencyPlotTest {
    @Test
    void everyStepHasItsBarAndTheTailStillShows() {
        var micros = new Histogram(3);
        for (int i = 0; i < 10_000; i++) {
            micros.recordValue(1_000);
        }
        micros.recordValue(8_000);

        List<String> lines = LatencyPlot.lines(micros);

        assertThat(lines.getFirst()).contains("#".repeat(50)).endsWith("99.99 %");
        assertThat(lines.getLast()).contains(" # ").endsWith("0.01 %");
        assertThat(lines).hasSize(7); // 1 ms to 8 ms are three doublings of two steps
        assertThat(lines.get(3)).endsWith("0.00 %").doesNotContain("#");
    }

    @Test
    void nothingMeasuredShowsNothing() {
        assertThat(LatencyPlot.lines(new Histogram(3))).isEmpty();
    }

    @Test
    void aMeterCountsOnlyWhatWasDueInItsTime() {
        var meter = new Meter(1_000_000, 2_000_000);
        meter.done(999_999, 5_000_000);
        meter.done(1_000_000, 3_000_000);
        meter.done(2_000_000, 5_000_000);

        Histogram all = Meter.sum(List.of(meter));

        assertThat(List.of(all.getTotalCount(), all.getMaxValue())).containsExactly(1L, 2_000L);
    }
}
