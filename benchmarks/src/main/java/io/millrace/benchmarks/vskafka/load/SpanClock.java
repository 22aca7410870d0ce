package io.millrace.benchmarks.vskafka.load;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/// Takes time and CPU at both edges of a measured span. Owned by: the thread that runs the load.
final class SpanClock {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final CpuMeter broker;
    private final double brokerCpuAtStart;
    private final long clientCpuAtStart;
    private final long startNanos;

    private SpanClock(CpuMeter broker) throws IOException {
        this.broker = broker;
        this.brokerCpuAtStart = broker.cpuSeconds();
        this.clientCpuAtStart = THREADS.getCurrentThreadCpuTime();
        this.startNanos = System.nanoTime();
    }

    static SpanClock start(CpuMeter broker) throws IOException {
        return new SpanClock(broker);
    }

    LoadResult end(long requests, long records, long bytes, LatencyHistogram latencies) throws IOException {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        double clientCpu = (THREADS.getCurrentThreadCpuTime() - clientCpuAtStart) / 1e9;
        double brokerCpu = broker.cpuSeconds() - brokerCpuAtStart;
        return new LoadResult(requests, records, bytes, seconds, brokerCpu, clientCpu, Double.NaN, latencies);
    }
}
