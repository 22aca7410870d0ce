package io.millrace.cluster.controller;

/// A replica in an [InSyncChange].
///
/// @param nodeEpoch the life of the node that was seen in sync (KIP-903): another life may have lost what it had
public record InSyncMember(int nodeId, long nodeEpoch) {}
