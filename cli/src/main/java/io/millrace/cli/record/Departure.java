package io.millrace.cli.record;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;

/// Lets a consumer go in order when the process is told to end, by Ctrl-C or SIGTERM: it is woken up, commits what was
/// written and leaves its group, so that nobody waits a session timeout for a dead member. The JVM tells of a signal on
/// a thread of its own and ends, with the signal's exit code, as soon as that thread returns; so it waits here.
///
/// Owned by: the thread of the command; the latch and the reference are shared with the JVM's.
final class Departure implements AutoCloseable {
    /// The output may be blocked by a reader that does not read, and a broker may be away: neither holds up the end.
    private static final long WAIT_MS = 5_000;

    private final AtomicReference<Optional<Consumer<?, ?>>> consumer = new AtomicReference<>(Optional.empty());
    private final CountDownLatch gone = new CountDownLatch(1);
    private final Thread hook = new Thread(this::onSignal, "millrace-depart");

    Departure() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// From now on a signal makes this consumer's next or present wait end with a `WakeupException`.
    void of(Consumer<?, ?> leaving) {
        consumer.set(Optional.of(leaving));
    }

    private void onSignal() {
        Optional<Consumer<?, ?>> leaving = consumer.get();
        leaving.ifPresent(Consumer::wakeup);
        try {
            gone.await(leaving.isPresent() ? WAIT_MS : 0, TimeUnit.MILLISECONDS);
        } catch (InterruptedException endNow) {
            Thread.currentThread().interrupt();
        }
    }

    /// The consumer is closed: the process may end.
    @Override
    public void close() {
        consumer.set(Optional.empty()); // a signal from now on finds nobody to wake up
        gone.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException endingAlready) {
            return; // the hook runs, and is what waited for us
        }
    }
}
