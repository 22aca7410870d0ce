package io.millrace.benchmarks.vskafka.scenario;

import java.time.Duration;

/// What the command line fixes for every run.
///
/// @param measured the measured span of a load
/// @param warmUp the span before it
/// @param idle how long an idle broker is watched
/// @param partitionCount partitions of the partitions scenario
/// @param neighbourBytesMax what the saturating neighbour may write in one run
public record RunSettings(
        Duration measured, Duration warmUp, Duration idle, int partitionCount, long neighbourBytesMax) {}
