package io.millrace.server.queue;

import io.millrace.cluster.queue.TransitRoom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What messages between nodes hold in this one, against one limit. May be used from any thread.
public final class SharedTransitRoom implements TransitRoom {
    private static final long NOTHING = 0;

    private final long octetsMax;
    private final AtomicLong largeOctets = new AtomicLong();
    private final AtomicLong smallOctets = new AtomicLong();
    private final AtomicReference<@Nullable Object> first = new AtomicReference<>();

    public SharedTransitRoom(long octetsMax) {
        this.octetsMax = octetsMax;
    }

    @Override
    public boolean takeLarge(Object connection, long octets) {
        Object waits = first.get();
        if (waits != null && waits != connection) {
            return false;
        }
        if (!hasTaken(octets)) {
            first.compareAndSet(null, connection);
            return false;
        }
        leave(connection);
        return true;
    }

    private boolean hasTaken(long octets) {
        while (true) {
            long before = largeOctets.get();
            if (before != NOTHING && before + smallOctets.get() + octets > octetsMax) {
                return false;
            }
            if (largeOctets.compareAndSet(before, before + octets)) {
                return true;
            }
        }
    }

    @Override
    public void large(long octets) {
        if (octets != NOTHING) {
            largeOctets.addAndGet(octets);
        }
    }

    @Override
    public void small(long octets) {
        if (octets != NOTHING) {
            smallOctets.addAndGet(octets);
        }
    }

    @Override
    public boolean isFull() {
        return octets() >= octetsMax;
    }

    @Override
    public void leave(Object connection) {
        first.compareAndSet(connection, null);
    }

    /// For metrics, and for who shares the node's memory with these.
    public long octets() {
        return largeOctets.get() + smallOctets.get();
    }
}
