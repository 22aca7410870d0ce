package io.millrace.log.epoch;

/// One leader's reign.
///
/// @param epoch the leader's epoch
/// @param startOffset first offset written in it
public record EpochEntry(int epoch, long startOffset) {}
