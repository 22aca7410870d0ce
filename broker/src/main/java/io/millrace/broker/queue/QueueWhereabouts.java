package io.millrace.broker.queue;

import io.millrace.broker.topology.QueueView;

/// Which node has a queue, as far as this one knows. May be called from any thread.
@FunctionalInterface
public interface QueueWhereabouts {
    Place of(QueueView queue);

    /// What is known of a queue.
    sealed interface Place {
        /// This node, ours or another one, leads its log or has it in memory.
        record OnNode(int nodeId) implements Place {}

        /// Its log has no leader now, and will have one.
        record Nowhere() implements Place {}

        /// It is in the memory of a node that is out of reach.
        record Away() implements Place {}

        /// It was deleted, or the life of the node it was kept by is over.
        record Gone() implements Place {}
    }
}
