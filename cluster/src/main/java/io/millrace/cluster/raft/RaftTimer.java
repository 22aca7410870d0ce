package io.millrace.cluster.raft;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.raft.ExpirationService;
import org.apache.kafka.server.util.Scheduler;

/// One thread for all the engine wants done later: requests that expire and files that go. The engine's own services
/// would take two threads, one of them waking five times a second for nothing.
final class RaftTimer implements ExpirationService, Scheduler, AutoCloseable {
    private final ScheduledThreadPoolExecutor executor;

    RaftTimer(String threadName) {
        executor = new ScheduledThreadPoolExecutor(
                1, task -> Thread.ofPlatform().name(threadName).daemon().unstarted(task));
        executor.setRemoveOnCancelPolicy(true);
    }

    @Override
    public <T> CompletableFuture<T> failAfter(long timeoutMs) {
        CompletableFuture<T> future = new CompletableFuture<>();
        ScheduledFuture<?> expiry = executor.schedule(
                () -> future.completeExceptionally(
                        new TimeoutException("Future failed to complete within " + timeoutMs + " ms")),
                timeoutMs,
                TimeUnit.MILLISECONDS);
        future.whenComplete((value, failure) -> expiry.cancel(false));
        return future;
    }

    @Override
    public void startup() {}

    @Override
    public void shutdown() {
        close();
    }

    @Override
    public ScheduledFuture<?> schedule(String name, Runnable task, long delayMs, long periodMs) {
        return periodMs > 0
                ? executor.scheduleAtFixedRate(task, delayMs, periodMs, TimeUnit.MILLISECONDS)
                : executor.schedule(task, delayMs, TimeUnit.MILLISECONDS);
    }

    @Override
    public void resizeThreadPool(int newSize) {}

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
