package io.millrace.log.epoch;

/// Where a leader epoch ended (KIP-101).
///
/// @param epoch the epoch found, -1 when unknown
/// @param endOffset first offset after that epoch, -1 when unknown
public record EpochEnd(int epoch, long endOffset) {}
