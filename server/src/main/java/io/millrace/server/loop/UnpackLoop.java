package io.millrace.server.loop;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The threads that unpack compressed batches too large for an event loop: work that needs a core and no disk, so that
/// neither cold reads nor a log's recovery wait behind it. Half the cores at most; the event loops have the other half.
///
/// Bounded by what arrives: a partition has one batch here at a time, and each holds its share of the memory requests
/// may take.
public final class UnpackLoop {
    private static final Logger LOG = LoggerFactory.getLogger(UnpackLoop.class);
    private static final long IDLE_THREAD_SECONDS = 30;
    private static final long SHUTDOWN_SECONDS_MAX = 60;

    private final ThreadPoolExecutor threads;

    /// @param cores of the machine
    public UnpackLoop(int cores) {
        AtomicInteger number = new AtomicInteger();
        ThreadFactory factory = task -> {
            Thread thread = new Thread(task, "unpack-" + number.incrementAndGet());
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler((dead, fault) -> LOG.error("event=unpack-turn-failed", fault));
            return thread;
        };
        int count = Math.max(1, cores / 2);
        threads = new ThreadPoolExecutor(
                count, count, IDLE_THREAD_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        threads.allowCoreThreadTimeOut(true);
    }

    /// Runs work that hands over to its owner itself, whatever happens to it: a fault is only told here.
    public void unpack(Runnable work) {
        threads.execute(work);
    }

    /// Lets what was handed in finish, then ends the threads.
    public void stop() throws InterruptedException {
        threads.shutdown();
        threads.awaitTermination(SHUTDOWN_SECONDS_MAX, TimeUnit.SECONDS);
    }
}
