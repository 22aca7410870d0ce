package io.millrace.cli.record;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// Gives up when nothing was acknowledged for too long. Kafka's client has such a limit, `delivery.timeout.ms`, but
/// does not look at it while it waits for a producer id, and it waits for that without end when nobody can decide.
///
/// Owned by: a daemon thread of its own, which watches; made and closed by the command's.
final class DeliveryLimit implements AutoCloseable {
    private static final long LOOK_MS_MAX = 200;

    private final long limitMs;
    private final BooleanSupplier waits;
    private final LongSupplier done;
    private final CountDownLatch closed = new CountDownLatch(1);

    private DeliveryLimit(long limitMs, BooleanSupplier waits, LongSupplier done) {
        this.limitMs = limitMs;
        this.waits = waits;
        this.done = done;
    }

    /// @param waits whether something was sent that is not acknowledged
    /// @param done grows with each acknowledgement
    /// @param over called once, on another thread
    static DeliveryLimit watching(long limitMs, BooleanSupplier waits, LongSupplier done, Runnable over) {
        var limit = new DeliveryLimit(limitMs, waits, done);
        Thread.ofPlatform().daemon().name("millrace-delivery-limit").start(() -> {
            if (limit.isReached()) {
                over.run();
            }
        });
        return limit;
    }

    /// Waits until it is, or until nobody is interested any more.
    private boolean isReached() {
        long lookMs = Math.min(LOOK_MS_MAX, limitMs);
        long before = done.getAsLong();
        long sinceNs = System.nanoTime();
        try {
            while (!closed.await(lookMs, TimeUnit.MILLISECONDS)) {
                long now = done.getAsLong();
                if (now != before || !waits.getAsBoolean()) {
                    before = now;
                    sinceNs = System.nanoTime();
                } else if (System.nanoTime() - sinceNs >= TimeUnit.MILLISECONDS.toNanos(limitMs)) {
                    return true;
                }
            }
        } catch (InterruptedException endNow) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
