package io.millrace.server.amqp;

import io.millrace.amqp.session.Memory;
import io.millrace.server.queue.SharedQueueMemory;
import java.util.concurrent.atomic.AtomicLong;

/// What publishers of this node may fill: the queues in memory, and messages that are arriving. May be used from any
/// thread.
final class PublisherMemory implements Memory {
    private final SharedQueueMemory queues;
    private final AtomicLong arrivingBytes = new AtomicLong();
    private final long arrivingBytesMax;

    PublisherMemory(SharedQueueMemory queues, long arrivingBytesMax) {
        this.queues = queues;
        this.arrivingBytesMax = arrivingBytesMax;
    }

    @Override
    public boolean isScarce() {
        return queues.isFull();
    }

    @Override
    public boolean arriving(int bytes) {
        return arrivingBytes.addAndGet(bytes) <= arrivingBytesMax;
    }
}
