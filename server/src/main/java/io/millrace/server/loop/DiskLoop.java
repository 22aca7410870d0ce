package io.millrace.server.loop;

import io.millrace.model.Clock;
import io.millrace.model.Loop;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The threads that wait for one disk so that no event loop has to: flush jobs (a log's gathering write and its fsync),
/// copies of much into the page cache, reads of bytes that are not in the page cache, and, on a thread of its own, the
/// removal of files: on a file system that discards freed blocks a gigabyte takes seconds to go, and no read shall wait
/// for that.
///
/// Group commit falls out of the contract: a log has one job out at a time, so whatever is appended while its fsync
/// runs becomes the next job; how many logs sync in parallel follows the disk ([SyncPace]).
public final class DiskLoop {
    private static final Logger LOG = LoggerFactory.getLogger(DiskLoop.class);
    private static final long IDLE_THREAD_SECONDS = 30;
    private static final long SHUTDOWN_SECONDS_MAX = 60;
    private static final long SWEEP_END_SECONDS_MAX = 2;

    private final ThreadPoolExecutor writers;
    private final ThreadPoolExecutor flushers;
    private final FlushThreads flushes;
    private final ThreadPoolExecutor syncers;
    private final ThreadPoolExecutor readers;
    private final ThreadPoolExecutor sweeper;
    private final AtomicBoolean sweeping = new AtomicBoolean();

    /// @param name shown in thread names
    /// @param writeThreads how many copies into the page cache may run at once, and how many early syncs
    /// @param flushThreads how many flush jobs may run at once where the disk takes its time
    /// @param readThreads how many cold reads may run at once
    public DiskLoop(Clock clock, String name, int writeThreads, int flushThreads, int readThreads) {
        this.writers = pool("disk-write-" + name, writeThreads);
        this.flushers = pool("disk-flush-" + name, flushThreads);
        this.flushes = new FlushThreads(clock, flushers, flushThreads);
        this.syncers = pool("disk-sync-" + name, writeThreads);
        this.readers = pool("disk-read-" + name, readThreads);
        this.sweeper = pool("disk-sweep-" + name, 1);
    }

    private static ThreadPoolExecutor pool(String name, int threads) {
        AtomicInteger number = new AtomicInteger();
        ThreadFactory factory = task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler((dead, fault) -> LOG.error("event=disk-turn-failed", fault));
            return thread;
        };
        // Bounded by its callers: one job per log, one cold read per partition of a waiting fetch.
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, IDLE_THREAD_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        pool.allowCoreThreadTimeOut(true);
        // After the stop: what is handed in then is dropped, as it would be by a crash.
        pool.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        return pool;
    }

    /// A job that writes and, mostly, syncs.
    public interface Flush {
        /// Does it. Returns how long the sync alone took in nanoseconds, 0 when there was none.
        long run();
    }

    /// Runs a job that writes or syncs here and `done` on the log's owner afterwards, also when the job throws.
    public void flush(Flush job, Loop owner, Runnable done) {
        flushes.execute(job, owner, done);
    }

    /// How many flush jobs may run at once now.
    public int flushThreads() {
        return flushes.allowed();
    }

    /// The same for a sync that nobody waits for and that may take the disk seconds: beside the flush jobs, so that
    /// none of them waits behind it.
    public void sync(Runnable job, Loop owner, Runnable done) {
        syncers.execute(() -> runFor(job, owner, done));
    }

    /// The same for a job that copies much into the page cache and syncs nothing. It needs a core, not the disk: more
    /// of them at once only take the cores from the event loops and wait for each other in the kernel, and few threads
    /// are still awake when the next job comes.
    public void write(Runnable job, Loop owner, Runnable done) {
        writers.execute(() -> runFor(job, owner, done));
    }

    private static void runFor(Runnable job, Loop owner, Runnable done) {
        try {
            job.run();
        } finally {
            owner.post(done);
        }
    }

    /// Runs work that may block on a read. It hands over to its owner itself, whatever happens to it: a fault ends up
    /// in this thread's last handler and is only told.
    public void read(Runnable work) {
        readers.execute(work);
    }

    /// Reads that no thread has begun.
    public int waitingReads() {
        return readers.getQueue().size();
    }

    /// Runs the removal of files, unless the last one is not through yet.
    public void sweep(Runnable work) {
        if (sweeping.compareAndSet(false, true)) {
            sweeper.execute(() -> {
                try {
                    work.run();
                } finally {
                    sweeping.set(false);
                }
            });
        }
    }

    /// Lets what was handed in finish, then ends the threads; what is handed in later is dropped. A sweep was told to
    /// end before ([io.millrace.log.LogDirectory#endSweeps()]): it may be at one last file, which nobody waits for
    /// long.
    public void stop() throws InterruptedException {
        sweeper.shutdown();
        writers.shutdown();
        flushers.shutdown();
        syncers.shutdown();
        readers.shutdown();
        writers.awaitTermination(SHUTDOWN_SECONDS_MAX, TimeUnit.SECONDS);
        flushers.awaitTermination(SHUTDOWN_SECONDS_MAX, TimeUnit.SECONDS);
        syncers.awaitTermination(SHUTDOWN_SECONDS_MAX, TimeUnit.SECONDS);
        readers.awaitTermination(SHUTDOWN_SECONDS_MAX, TimeUnit.SECONDS);
        sweeper.awaitTermination(SWEEP_END_SECONDS_MAX, TimeUnit.SECONDS);
    }
}
