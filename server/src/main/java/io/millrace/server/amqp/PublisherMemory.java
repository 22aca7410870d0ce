package io.millrace.server.amqp;

import io.millrace.amqp.session.Memory;
import io.millrace.server.queue.SharedQueueMemory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What publishers of this node may fill: the queues in memory, messages that are arriving, and those under way from
/// there to a queue. May be used from any thread.
final class PublisherMemory implements Memory {
    private final SharedQueueMemory queues;
    private final LongSupplier transitBytes;
    private final AtomicLong arrivingBytes = new AtomicLong();
    private final long arrivingBytesMax;
    private final AtomicLong underWayBytes = new AtomicLong();
    private final long underWayBytesMax;

    private final BooleanSupplier disksHaveRoom;
    private final AlarmWatch alarms;
    private final AtomicReference<@Nullable Object> favoured = new AtomicReference<>();

    /// @param transitBytes of messages between nodes, which those of clients leave room to
    /// @param alarms of all nodes: until those of this one are set, it waits for none
    PublisherMemory(
            SharedQueueMemory queues,
            LongSupplier transitBytes,
            long arrivingBytesMax,
            long underWayBytesMax,
            BooleanSupplier disksHaveRoom,
            AlarmWatch alarms) {
        this.queues = queues;
        this.transitBytes = transitBytes;
        this.disksHaveRoom = disksHaveRoom;
        this.alarms = alarms;
        this.arrivingBytesMax = arrivingBytesMax;
        this.underWayBytesMax = underWayBytesMax;
    }

    @Override
    public boolean isScarce() {
        return alarms.isMemoryLow() || queues.isFull();
    }

    @Override
    public boolean arriving(long bytes) {
        return arrivingBytes.addAndGet(bytes) <= arrivingBytesMax;
    }

    @Override
    public boolean mayFinish(Object connection) {
        return bytes() + transitBytes.getAsLong() <= arrivingBytesMax
                || favoured.get() == connection
                || (!isCrowded() && favoured.compareAndSet(null, connection));
    }

    @Override
    public void finished(Object connection) {
        if (favoured.get() == connection) {
            favoured.set(null);
        }
    }

    @Override
    public boolean isDiskFull() {
        return alarms.isDiskLow() || !disksHaveRoom.getAsBoolean();
    }

    @Override
    public void underWay(long bytes) {
        underWayBytes.addAndGet(bytes);
    }

    @Override
    public boolean isCrowded() {
        return underWayBytes.get() + transitBytes.getAsLong() >= underWayBytesMax;
    }

    /// For metrics.
    long bytes() {
        return arrivingBytes.get() + underWayBytes.get();
    }
}
