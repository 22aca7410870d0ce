package io.millrace.benchmarks.vskafka.load;

/// What the load saw in its measured span.
///
/// @param brokerCpuSeconds CPU the broker used in the span
/// @param clientCpuSeconds CPU the load's own thread used in the span
/// @param firstRoundSeconds before the span, how long the first requests to every target took together; NaN for reads
public record LoadResult(
        long requests,
        long records,
        long bytes,
        double seconds,
        double brokerCpuSeconds,
        double clientCpuSeconds,
        double firstRoundSeconds,
        LatencyHistogram latencies) {
    LoadResult withFirstRoundSeconds(double firstRound) {
        return new LoadResult(
                requests, records, bytes, seconds, brokerCpuSeconds, clientCpuSeconds, firstRound, latencies);
    }
}
