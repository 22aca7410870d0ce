package io.millrace.cluster.controller;

/// A node tells the controller that it lives, and what it wants.
///
/// @param appliedOffset the last metadata offset the node has applied
/// @param answeredMs [HeartbeatReply#answeredMs()] of the last answer this controller gave, or [#NO_ANSWER]
/// @param wantsToServe whether its logs are open
/// @param wantsToLeave whether it is about to stop
public record Heartbeat(
        int nodeId, long nodeEpoch, long appliedOffset, long answeredMs, boolean wantsToServe, boolean wantsToLeave) {
    /// The controller has not answered yet since it leads.
    public static final long NO_ANSWER = Long.MIN_VALUE;
}
