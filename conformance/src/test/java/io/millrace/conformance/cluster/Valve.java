package io.millrace.conformance.cluster;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Lets the bytes of one direction pass at once, later, or not now. What does not pass is not lost: TCP sends it again
/// until it gets through, and so a shut valve keeps it.
///
/// Owned by: its lock; the test turns it, the threads of connections wait at it.
final class Valve {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition turned = lock.newCondition();
    private boolean shut;
    private long delayNs;

    void shut() {
        turn(true, 0);
    }

    void open() {
        turn(false, 0);
    }

    /// Whatever comes takes this long, piece by piece: a slow link is also a narrow one.
    void delay(long ms) {
        turn(false, TimeUnit.MILLISECONDS.toNanos(ms));
    }

    private void turn(boolean nowShut, long nowDelayNs) {
        lock.lock();
        try {
            shut = nowShut;
            delayNs = nowDelayNs;
            turned.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Returns when one piece may pass.
    void pass() throws IOException {
        lock.lock();
        try {
            long leftNs = delayNs;
            while (shut || (leftNs > 0 && delayNs > 0)) {
                if (shut) {
                    turned.await();
                } else {
                    leftNs = turned.awaitNanos(leftNs);
                }
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            throw new IOException("the relay closes", closing);
        } finally {
            lock.unlock();
        }
    }
}
