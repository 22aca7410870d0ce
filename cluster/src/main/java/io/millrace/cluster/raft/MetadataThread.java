package io.millrace.cluster.raft;

import io.millrace.model.Loop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The thread that owns a node's metadata: image, controller and the conversation with the metadata log.
///
/// Owned by: itself. A turn that fails is a bug; it ends the loop and is told to `onFailure`.
final class MetadataThread implements Loop, AutoCloseable {
    private final ScheduledThreadPoolExecutor executor;
    private final Consumer<Throwable> onFailure;
    private volatile @Nullable Thread thread;

    /// @param onFailure told of the turn that ended the loop
    MetadataThread(String name, Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
        this.executor = new ScheduledThreadPoolExecutor(1, turns -> {
            Thread started = Thread.ofPlatform().name(name).daemon().unstarted(turns);
            thread = started;
            return started;
        });
        this.executor.setRemoveOnCancelPolicy(true);
        this.executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.executor.prestartCoreThread();
    }

    @Override
    public boolean isOwned() {
        return Thread.currentThread() == thread;
    }

    @Override
    public void post(Runnable turn) {
        after(0, turn);
    }

    @Override
    public Timer after(long delayMs, Runnable turn) {
        try {
            ScheduledFuture<?> scheduled = executor.schedule(() -> runTurn(turn), delayMs, TimeUnit.MILLISECONDS);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException e) {
            // Closed: turns for a node that stops are dropped, as they would be by a crash.
            return () -> {};
        }
    }

    private void runTurn(Runnable turn) {
        try {
            turn.run();
        } catch (RuntimeException | Error e) {
            executor.shutdownNow();
            onFailure.accept(e);
        }
    }

    /// Ends the loop after the turn under way; waiting turns are dropped.
    @Override
    public void close() {
        executor.shutdownNow();
        if (isOwned()) {
            return;
        }
        boolean interrupted = false;
        while (true) {
            try {
                executor.awaitTermination(10, TimeUnit.SECONDS);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "metadata thread";
    }
}
