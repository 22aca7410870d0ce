package io.millrace.benchmarks.vsrabbitmq;

import io.millrace.benchmarks.vskafka.load.CpuMeter;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a broker's CPU cost between the first and the last line of progress that PerfTest (2.22) printed, so that
/// neither connecting nor the end is counted.
///
/// Owned by: the thread that reads PerfTest's output.
final class CpuSpan {
    private static final Pattern PROGRESS = Pattern.compile("time ([\\d.]+) s, .*?received: (\\d+) msg/s");
    private static final double MILLION = 1e6;

    private final CpuMeter meter;
    private boolean begun;
    private double firstCpuSeconds;
    private double lastCpuSeconds;
    private double lastTime;
    private double messages;

    CpuSpan(CpuMeter meter) {
        this.meter = meter;
    }

    /// Takes note of a line that was just printed.
    void line(String line) throws IOException {
        Matcher matcher = PROGRESS.matcher(line);
        if (!matcher.find()) {
            return;
        }
        double time = Double.parseDouble(matcher.group(1));
        lastCpuSeconds = meter.cpuSeconds();
        if (begun) {
            messages += Double.parseDouble(matcher.group(2)) * (time - lastTime);
        } else {
            begun = true;
            firstCpuSeconds = lastCpuSeconds;
        }
        lastTime = time;
    }

    /// CPU seconds a million messages; no number when there was no second line.
    double secondsPerMillion() {
        return (lastCpuSeconds - firstCpuSeconds) / messages * MILLION;
    }
}
