package io.millrace.benchmarks.vskafka.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    @Test
    void staysWithinTwoPercentOfTheSortedValues() {
        LatencyHistogram histogram = new LatencyHistogram();
        Random random = new Random(7);
        long[] values = random.longs(50_000, 0, 40)
                .map(magnitude -> (long) Math.exp(magnitude / 2.0) + random.nextInt(1_000))
                .toArray();
        Arrays.stream(values).forEach(histogram::record);
        Arrays.sort(values);
        for (double percent : new double[] {1, 50, 90, 99, 99.9, 100}) {
            double exact = values[(int) Math.ceil(values.length * percent / 100) - 1] / 1e6;
            assertThat(histogram.percentileMillis(percent)).isCloseTo(exact, within(exact * 0.02));
        }
    }

    @Test
    void holdsTheSmallestAndTheLargest() {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.record(0);
        histogram.record(-5);
        histogram.record(Long.MAX_VALUE);
        assertThat(histogram.count()).isEqualTo(3);
        assertThat(histogram.percentileMillis(50)).isZero();
        assertThat(histogram.percentileMillis(100)).isEqualTo(Long.MAX_VALUE / 1e6);
    }

    @Test
    void hasNoPercentileOfNothing() {
        assertThat(new LatencyHistogram().percentileMillis(99)).isNaN();
    }
}
