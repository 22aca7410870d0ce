package io.millrace.benchmarks.vskafka.load;

import java.io.IOException;

/// Reads the CPU seconds the broker has used so far, at the edges of the measured span.
@FunctionalInterface
public interface CpuMeter {
    double cpuSeconds() throws IOException;
}
