package io.millrace.cluster.replica;

/// Where a follower goes on.
///
/// @param leaderEpoch the leadership it follows
/// @param fetchOffset its durable end: everything below is acknowledged by asking
/// @param startOffset its first offset
/// @param lastEpoch epoch of its last batch, -1 without any
public record FollowPosition(int leaderEpoch, long fetchOffset, long startOffset, int lastEpoch) {}
