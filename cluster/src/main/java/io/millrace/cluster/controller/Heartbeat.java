package io.millrace.cluster.controller;

/// A node tells the controller that it lives, and what it wants.
///
/// @param appliedOffset the last metadata offset the node has applied
/// @param wantsToServe whether its logs are open
/// @param wantsToLeave whether it is about to stop
public record Heartbeat(int nodeId, long nodeEpoch, long appliedOffset, boolean wantsToServe, boolean wantsToLeave) {}
