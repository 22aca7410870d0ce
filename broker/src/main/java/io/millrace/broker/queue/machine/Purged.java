package io.millrace.broker.queue.machine;

/// What a purge took away.
///
/// @param offsets those that went, as few ranges as possible: offsets of no message may be in them
public record Purged(long messages, OffsetRanges offsets) {}
