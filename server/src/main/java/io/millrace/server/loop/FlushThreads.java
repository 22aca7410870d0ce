package io.millrace.server.loop;

import io.millrace.model.Clock;
import io.millrace.model.Loop;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The flush jobs of one disk: as many at once as [SyncPace] finds right, the others in the order they came. One that
/// has waited for [#PATIENCE_MS] is begun all the same while there are threads left, so that no log waits long behind
/// another one's large job or a sync that hangs.
///
/// May be used from any thread; its lock is held for a few field accesses. A queue of its own, not the executor's,
/// because how many jobs may run changes while others wait.
final class FlushThreads {
    static final long PATIENCE_MS = 2;
    private static final Logger LOG = LoggerFactory.getLogger(FlushThreads.class);
    private static final long PATIENCE_NS = PATIENCE_MS * 1_000_000;

    private final Clock clock;
    private final Executor threads;
    private final int threadsMax;
    private final SyncPace pace;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>(); // bounded by its callers: one job a log
    private int running;
    private long begun;
    private boolean watched;

    /// One flush job, and where it is at home.
    private record Waiting(DiskLoop.Flush job, Loop owner, Runnable done, long sinceNs) {}

    /// A job that was begun.
    ///
    /// @param number the how many-eth job of this disk it is
    /// @param alone whether no other ran when it was begun
    private record Begun(Waiting waiting, long number, boolean alone) {}

    /// @param threads has room for `threadsMax` tasks at once
    FlushThreads(Clock clock, Executor threads, int threadsMax) {
        this.clock = clock;
        this.threads = threads;
        this.threadsMax = threadsMax;
        this.pace = new SyncPace(threadsMax);
    }

    void execute(DiskLoop.Flush job, Loop owner, Runnable done) {
        int more = 0;
        boolean watch = false;
        lock.lock();
        try {
            queue.addLast(new Waiting(job, owner, done, clock.monotonicNs()));
            if (running < pace.threads()) {
                running++;
                more = 1;
            } else if (!watched && running < threadsMax) {
                watched = true;
                watch = true;
            }
        } finally {
            lock.unlock();
        }
        begin(more);
        if (watch) {
            owner.after(PATIENCE_MS, () -> lookForLate(owner));
        }
    }

    /// How many jobs may run at once now.
    int allowed() {
        lock.lock();
        try {
            return pace.threads();
        } finally {
            lock.unlock();
        }
    }

    private void begin(int more) {
        for (int i = 0; i < more; i++) {
            threads.execute(this::work);
        }
    }

    private void lookForLate(Loop owner) {
        int more = 0;
        lock.lock();
        try {
            long nowNs = clock.monotonicNs();
            for (Waiting waiting : queue) {
                if (running == threadsMax || nowNs - waiting.sinceNs < PATIENCE_NS) {
                    break;
                }
                running++;
                more++;
            }
            watched = queue.size() > more && running < threadsMax;
            if (watched) {
                owner.after(PATIENCE_MS, () -> lookForLate(owner));
            }
        } finally {
            lock.unlock();
        }
        begin(more);
    }

    /// One thread's turn: jobs until there is none left, or until fewer threads are to be at it.
    private void work() {
        Begun next = first();
        while (next != null) {
            next = runThenNext(next);
        }
    }

    private @Nullable Begun first() {
        lock.lock();
        try {
            return next();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Begun runThenNext(Begun one) {
        long syncNs = run(one.waiting.job);
        one.waiting.owner.post(one.waiting.done);
        int more;
        Begun next;
        lock.lock();
        try {
            if (one.alone && begun == one.number && syncNs > 0) {
                pace.onAlone(syncNs, clock.monotonicNs());
            }
            if (running > pace.threads()) {
                running--;
                return null;
            }
            next = next();
            more = Math.clamp(pace.threads() - running, 0, queue.size());
            running += more;
        } finally {
            lock.unlock();
        }
        begin(more);
        return next;
    }

    private static long run(DiskLoop.Flush job) {
        try {
            return job.run();
        } catch (RuntimeException | Error fault) { // the thread's outermost turn: the others' jobs go on
            LOG.error("event=disk-turn-failed", fault);
            return 0;
        }
    }

    /// The next job for the thread that asks; `null` when there is none, and the thread counts no longer. Under the
    /// lock.
    private @Nullable Begun next() {
        Waiting waiting = queue.pollFirst();
        if (waiting == null) {
            running--;
            return null;
        }
        pace.onBegin(clock.monotonicNs());
        return new Begun(waiting, ++begun, running == 1);
    }
}
