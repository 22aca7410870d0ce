package io.millrace.benchmarks.vskafka.scenario;

import io.millrace.benchmarks.vskafka.wire.RecordBatches;

/// What one request carries: a batch of `batchBytes` at most, or a single record when that is zero.
///
/// @param valueBytes bytes of each record's value
public record Payload(int batchBytes, int valueBytes) {
    static Payload single(int valueBytes) {
        return new Payload(0, valueBytes);
    }

    static Payload batch(int kilobytes, int valueBytes) {
        return new Payload(kilobytes << 10, valueBytes);
    }

    RecordBatches.Batch build() {
        long now = System.currentTimeMillis();
        return batchBytes == 0
                ? RecordBatches.ofCount(1, valueBytes, now)
                : RecordBatches.filling(batchBytes, valueBytes, now);
    }
}
