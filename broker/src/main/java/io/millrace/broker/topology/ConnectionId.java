package io.millrace.broker.topology;

/// One connection of one life of one node: what owns an exclusive queue.
///
/// @param nodeEpoch the node's registration, so that a restart ends all its connections
public record ConnectionId(int nodeId, long nodeEpoch, long number) {}
