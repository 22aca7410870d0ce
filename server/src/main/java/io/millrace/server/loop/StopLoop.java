package io.millrace.server.loop;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Waits for the operator's word to end: Ctrl-C or SIGTERM. The JVM tells it on a thread of its own and ends as soon as
/// that thread returns; so the thread waits there until the node is down.
///
/// Owned by: the thread that runs the node; only the latches are shared.
public final class StopLoop {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch down = new CountDownLatch(1);

    /// @param waitMs how long a stop may take before the process ends all the same
    public StopLoop(long waitMs) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> onSignal(waitMs), "millrace-stop"));
    }

    /// Returns when the operator asks for the end.
    public void awaitSignal() throws InterruptedException {
        asked.await();
    }

    /// The node is down: the process may end.
    public void stopped() {
        down.countDown();
    }

    private void onSignal(long waitMs) {
        asked.countDown();
        try {
            if (down.await(waitMs, TimeUnit.MILLISECONDS)) {
                // The JVM would report 143 for SIGTERM; a stop that was asked for and went well is a success.
                Runtime.getRuntime().halt(0);
            }
        } catch (InterruptedException endNow) {
            Thread.currentThread().interrupt();
        }
    }
}
