package io.millrace.broker.partition;

import io.millrace.model.ErrorKind;

/// @param offset -1 when there is none
/// @param timestampMs -1 when there is none
/// @param leaderEpoch -1 when unknown
public record OffsetReply(ErrorKind error, long offset, long timestampMs, int leaderEpoch, LeaderHint leader) {}
