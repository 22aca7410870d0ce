package io.millrace.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/// A histogram as lines of text: one bar for each step of latency, each step a fixed factor wider than the one before,
/// so that the middle and the tail can both be seen.
final class LatencyPlot {
    private static final int BAR_MAX = 50;
    private static final int STEPS_PER_DOUBLING = 2;

    private LatencyPlot() {}

    static List<String> lines(Histogram micros) {
        if (micros.getTotalCount() == 0) {
            return List.of();
        }
        int first = step(micros.getMinValue());
        int last = step(micros.getMaxValue());
        var counts = new long[last - first + 1];
        micros.recordedValues()
                .forEach(value -> counts[Math.clamp(step(value.getValueIteratedTo()) - first, 0, counts.length - 1)] +=
                        value.getCountAtValueIteratedTo());
        long most = 1;
        for (long count : counts) {
            most = Math.max(most, count);
        }
        var lines = new ArrayList<String>();
        for (int i = 0; i < counts.length; i++) {
            lines.add(line(upperMicros(first + i), counts[i], most, micros.getTotalCount()));
        }
        return lines;
    }

    /// Which step a latency falls into.
    private static int step(long micros) {
        return (int) Math.floor(Math.log((double) Math.max(1, micros)) / Math.log(2) * STEPS_PER_DOUBLING);
    }

    private static double upperMicros(int step) {
        return Math.pow(2, (step + 1.0) / STEPS_PER_DOUBLING);
    }

    /// A count that is there always shows, be it ever so small beside the largest.
    private static String line(double upperMicros, long count, long most, long total) {
        int length = count == 0 ? 0 : (int) Math.max(1, Math.round((double) count * BAR_MAX / most));
        return String.format(
                        Locale.ROOT,
                        "< %9.2f ms  %-" + BAR_MAX + "s  %6.2f %%",
                        upperMicros / 1_000,
                        "#".repeat(length),
                        100.0 * count / total)
                .stripTrailing();
    }
}
