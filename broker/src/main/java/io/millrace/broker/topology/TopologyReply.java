package io.millrace.broker.topology;

import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.routing.Inequivalence;
import io.millrace.broker.routing.RoutingRefusal;
import io.millrace.model.VhostName;

/// How a [TopologyChange] ended.
public sealed interface TopologyReply {
    /// It is as wanted.
    ///
    /// @param changed false when it had been so before
    record Done(boolean changed) implements TopologyReply {}

    /// Not allowed as things are (another was quicker: the caller has asked the same before).
    record Refused(RoutingRefusal why) implements TopologyReply {}

    /// There is no such virtual host.
    record NoVhost(VhostName vhost) implements TopologyReply {}

    /// The queue is there, and not as it is declared now.
    record QueueInequivalent(QueueRef queue, Inequivalence difference) implements TopologyReply {}

    /// The queue is there, and exclusive to another connection.
    record Locked(QueueRef queue) implements TopologyReply {}

    /// Not done, or not known to be: no controller, a time limit, a limit of the cluster.
    record Failed(Outcome why) implements TopologyReply {}
}
