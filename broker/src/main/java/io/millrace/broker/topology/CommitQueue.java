package io.millrace.broker.topology;

import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;

/// The queue in which a node keeps commits of transactions until they are done (ADR 0040), one for each virtual host,
/// under a name no client can declare. In no list, no limit, no routing table.
public final class CommitQueue {
    private static final String NAMES = "amq.tx.";

    private CommitQueue() {}

    public static QueueName nameOf(int nodeId) {
        return new QueueName(NAMES + nodeId);
    }

    /// What the node declares.
    public static QueueSpec of(VhostName vhost, int nodeId) {
        return new QueueSpec(new QueueRef(vhost, nameOf(nodeId)), QueueType.QUORUM, true, false, false, Arguments.NONE);
    }

    public static boolean is(QueueName queue) {
        return queue.value().startsWith(NAMES);
    }

    public static boolean is(QueueView queue) {
        return is(queue.ref().name());
    }
}
