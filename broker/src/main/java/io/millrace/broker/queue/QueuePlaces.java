package io.millrace.broker.queue;

import io.millrace.broker.topology.QueueView;

/// Where queues live. May be called from any thread.
public interface QueuePlaces {
    /// Whether the queue is there still and lives on this node now.
    boolean isHere(QueueView queue);

    /// The number of the loop that owns it, on the node where it lives.
    int loopOf(QueueView queue);
}
