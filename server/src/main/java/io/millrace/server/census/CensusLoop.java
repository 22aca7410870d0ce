package io.millrace.server.census;

import io.millrace.model.Loop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread that asks other nodes and answers them, and adds up what this node has: lists of 50,000 connections are
/// made on no event loop. It is there only while there is something to do.
///
/// Owned by: itself; turns may be posted from any thread. What comes after the stop is dropped.
final class CensusLoop implements Loop {
    private static final Logger LOG = LoggerFactory.getLogger(CensusLoop.class);
    private static final long IDLE_SECONDS = 30;
    private static final Timer NO_TIMER = () -> {};

    private final ScheduledThreadPoolExecutor thread;
    private volatile @Nullable Thread inTurn;

    CensusLoop() {
        thread = new ScheduledThreadPoolExecutor(
                1, task -> Thread.ofPlatform().name("census").daemon().unstarted(task));
        thread.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        thread.allowCoreThreadTimeOut(true);
        thread.setRemoveOnCancelPolicy(true);
    }

    @Override
    public boolean isOwned() {
        return inTurn == Thread.currentThread();
    }

    @Override
    public void post(Runnable turn) {
        after(0, turn);
    }

    @Override
    public Timer after(long delayMs, Runnable turn) {
        try {
            ScheduledFuture<?> timer = thread.schedule(() -> take(turn), delayMs, TimeUnit.MILLISECONDS);
            return () -> timer.cancel(false);
        } catch (RejectedExecutionException stopped) {
            return NO_TIMER;
        }
    }

    private void take(Runnable turn) {
        inTurn = Thread.currentThread();
        try {
            turn.run();
        } catch (RuntimeException | Error fault) {
            LOG.error("event=census-turn-failed", fault);
        } finally {
            inTurn = null;
        }
    }

    void stop() {
        thread.shutdownNow();
    }
}
