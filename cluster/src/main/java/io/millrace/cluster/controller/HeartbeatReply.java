package io.millrace.cluster.controller;

import io.millrace.broker.catalog.NodeView.Standing;
import io.millrace.broker.catalog.Outcome;

/// What the controller says to a [Heartbeat].
///
/// @param standing of the node, as committed
/// @param mayStop whether a node that wants to leave has nothing left that others could take over
/// @param answeredMs the controller's monotonic time, of meaning to itself only: it comes back with the next heartbeat
/// @param followedMsAgo how long ago a majority of the voters was known to follow the controller, or [#UNKNOWN]: only
///                      a controller of whom that is true keeps others from being elected and deciding otherwise
public record HeartbeatReply(Outcome outcome, Standing standing, boolean mayStop, long answeredMs, long followedMsAgo) {
    public static final long UNKNOWN = -1;

    public static HeartbeatReply refused(Outcome why) {
        return new HeartbeatReply(why, Standing.FENCED, false, Heartbeat.NO_ANSWER, UNKNOWN);
    }
}
