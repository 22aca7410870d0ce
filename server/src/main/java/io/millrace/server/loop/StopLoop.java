package io.millrace.server.loop;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Waits for the operator's word to end, Ctrl-C or SIGTERM, or for a failure after which the node must end. The JVM
/// tells of a signal on a thread of its own and ends as soon as that thread returns; so the thread waits there until
/// the node is down.
///
/// Owned by: the thread that runs the node; only the latches are shared.
public final class StopLoop {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch down = new CountDownLatch(1);
    private final long waitMs;
    private volatile boolean failed;

    /// @param waitMs how long a stop may take before the process ends all the same
    public StopLoop(long waitMs) {
        this.waitMs = waitMs;
        Runtime.getRuntime().addShutdownHook(new Thread(this::onSignal, "millrace-stop"));
    }

    /// The node can not go on: as if the operator had asked for the end, but the process reports a failure. It ends
    /// even if stopping does not.
    public void failed() {
        failed = true;
        asked.countDown();
        Thread.ofPlatform().daemon().name("millrace-failed").start(() -> {
            if (!isDownInTime()) {
                Runtime.getRuntime().halt(1);
            }
        });
    }

    public boolean hasFailed() {
        return failed;
    }

    /// Returns when the operator asks for the end, or the node failed.
    public void awaitSignal() throws InterruptedException {
        asked.await();
    }

    /// The node is down: the process may end.
    public void stopped() {
        down.countDown();
    }

    private void onSignal() {
        asked.countDown();
        if (isDownInTime()) {
            // The JVM would report 143 for SIGTERM; a stop that was asked for and went well is a success.
            Runtime.getRuntime().halt(failed ? 1 : 0);
        }
    }

    private boolean isDownInTime() {
        try {
            return down.await(waitMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException endNow) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
