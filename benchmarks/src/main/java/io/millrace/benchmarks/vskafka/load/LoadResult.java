package io.millrace.benchmarks.vskafka.load;

/// What the load saw in its measured span.
///
/// @param brokerCpuSeconds CPU the broker used in the span
/// @param clientCpuSeconds CPU the load's own thread used in the span
public record LoadResult(
        long requests,
        long records,
        long bytes,
        double seconds,
        double brokerCpuSeconds,
        double clientCpuSeconds,
        LatencyHistogram latencies) {}
