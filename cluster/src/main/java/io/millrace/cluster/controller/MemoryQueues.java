package io.millrace.cluster.controller;

import io.millrace.broker.topology.ConnectionId;
import io.millrace.broker.topology.QueueRef;
import io.millrace.cluster.metadata.MetadataRecord.TopologyRecorded;
import io.millrace.cluster.metadata.TopologyRecord;
import java.util.List;

/// Lets go of queues in memory ahead of the record that ends all of them, some hundred at a time: that record is one
/// turn of every node's metadata loop, however many are left for it.
final class MemoryQueues {
    static final int QUEUES_PER_STEP = 500;

    private MemoryQueues() {}

    /// Deletes some of what a node's memory holds. Answers whether there may be more.
    static boolean forgetSome(Decision.Draft draft, int nodeId) {
        return forget(draft, draft.image().topology().inMemoryOf(nodeId, QUEUES_PER_STEP));
    }

    /// Deletes some of what is exclusive to a connection. Answers whether there may be more.
    static boolean forgetSome(Decision.Draft draft, ConnectionId connection) {
        return forget(draft, draft.image().topology().queuesOf(connection, QUEUES_PER_STEP));
    }

    /// The last ones are left to the record, which is shorter.
    private static boolean forget(Decision.Draft draft, List<QueueRef> queues) {
        if (queues.size() < QUEUES_PER_STEP) {
            return false;
        }
        queues.forEach(queue -> draft.add(new TopologyRecorded(new TopologyRecord.QueueDeleted(queue))));
        return true;
    }
}
