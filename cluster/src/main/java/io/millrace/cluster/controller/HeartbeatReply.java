package io.millrace.cluster.controller;

import io.millrace.broker.catalog.NodeView.Standing;
import io.millrace.broker.catalog.Outcome;

/// What the controller says to a [Heartbeat].
///
/// @param standing of the node, as committed
/// @param mayStop whether a node that wants to leave has nothing left that others could take over
public record HeartbeatReply(Outcome outcome, Standing standing, boolean mayStop) {
    public static HeartbeatReply refused(Outcome why) {
        return new HeartbeatReply(why, Standing.FENCED, false);
    }
}
