package io.millrace.broker.queue;

import io.millrace.broker.topology.QueueView;

/// Where queues live. May be called from any thread.
public interface QueuePlaces {
    /// How a queue stands to this node.
    enum Residence {
        /// It lives here.
        HERE,
        /// It lives on another node, or nowhere for now.
        ELSEWHERE,
        /// It was deleted, or the life of the node it was kept by is over.
        GONE
    }

    Residence residence(QueueView queue);

    /// The queue as this node knows it now, with the policies in force; as it was given when this node does not know
    /// it.
    QueueView current(QueueView queue);

    /// The number of the loop that owns it, on the node where it lives.
    int loopOf(QueueView queue);

    /// The number of the loop that owns the log of a queue, by its topic.
    int loopOf(String topic);
}
