package io.millrace.benchmarks.vskafka.load;

import java.time.Duration;

/// How long a load runs: unmeasured first, then measured until the time or the bytes are used up.
///
/// @param requestBytesMax bytes to send in the measured span at the most
public record LoadSpan(Duration warmUp, Duration measured, long requestBytesMax) {
    public static LoadSpan of(Duration warmUp, Duration measured) {
        return new LoadSpan(warmUp, measured, Long.MAX_VALUE);
    }
}
