package io.millrace.broker.group;

/// The time at which something happens to a shard, on both clocks.
///
/// @param monotonicMs for deadlines
/// @param wallMs for timestamps that are stored
public record Moment(long monotonicMs, long wallMs) {}
