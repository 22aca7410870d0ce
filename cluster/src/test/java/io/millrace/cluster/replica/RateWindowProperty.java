package io.millrace.cluster.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.List;

/// Whoever asks before each answer keeps to the rate, however the answers fall.
final class RateWindowProperty {
    private static final long WINDOW_MS = RateWindow.SAMPLES * RateWindow.SAMPLE_MS;
    private static final int STEPS = 2_000;

    private record Answer(long atMs, long bytes) {}

    @Property
    void noElevenSecondsHaveMoreThanTheRateAndOneAnswer(SeededRandomness random) {
        long rate = 1L + random.nextInt(1_000_000);
        int largest = 1 + random.nextInt(2_000_000);
        int pauseMsMax = 1 + random.nextInt(random.onceIn(3) ? 15_000 : 300);
        RateWindow window = new RateWindow();
        List<Answer> answers = new ArrayList<>();
        long nowMs = random.nextInt(100_000) - 50_000L; // monotonic time may be negative
        for (int step = 0; step < STEPS; step++) {
            nowMs += random.nextInt(pauseMsMax);
            if (!window.exceeds(rate, nowMs)) {
                Answer answer = new Answer(nowMs, 1L + random.nextInt(largest));
                window.record(answer.bytes, nowMs);
                answers.add(answer);
            }
        }

        int first = 0;
        long bytes = 0;
        for (Answer last : answers) {
            while (answers.get(first).atMs <= last.atMs - WINDOW_MS) {
                bytes -= answers.get(first).bytes;
                first++;
            }
            // The last of them was the one too many.
            assertThat(bytes).isLessThanOrEqualTo(rate * WINDOW_MS / 1_000);
            bytes += last.bytes;
        }
    }

    @Property
    void whoAsksOftenGetsNearlyTheRate(SeededRandomness random) {
        long rate = 100_000L + random.nextInt(1_000_000);
        int largest = 1 + random.nextInt((int) rate);
        RateWindow window = new RateWindow();
        long moved = 0;
        long nowMs = 0;
        while (nowMs < 60_000) {
            if (!window.exceeds(rate, nowMs)) {
                long bytes = 1L + random.nextInt(largest);
                window.record(bytes, nowMs);
                moved += bytes;
            } else {
                nowMs += 1 + random.nextInt(100);
            }
        }

        assertThat(moved).isBetween(rate * 60 * 8 / 10, rate * 60 + 2 * rate);
    }
}
