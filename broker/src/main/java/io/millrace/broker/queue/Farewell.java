package io.millrace.broker.queue;

import io.millrace.broker.queue.QueueWhereabouts.Place;
import io.millrace.broker.topology.QueueView;

/// Waits until this node knows that a queue was deleted: whoever was told so may declare it anew at once.
///
/// Owned by: one [ClusterQueues].
final class Farewell implements ClusterQueues.Waiter {
    private final QueueView queue;
    private final ClusterQueues around;
    private final Runnable reply;
    private final long deadlineMs;

    Farewell(QueueView queue, ClusterQueues around, Runnable reply) {
        this.queue = queue;
        this.around = around;
        this.reply = reply;
        this.deadlineMs = around.deadlineMs();
    }

    @Override
    public void look() {
        if (around.placeOf(queue) instanceof Place.Gone || around.nowMs() >= deadlineMs) {
            reply.run();
        } else {
            around.await(this);
        }
    }
}
