package io.millrace.server.loop;

import io.millrace.model.Loop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One network event loop as the core sees it: the owner of connections, logs and groups.
///
/// Work that can be gathered (writing what a turn appended, flushing what it answered) is put off with [#atEndOfTurn]:
/// it runs once after every socket that was ready has been read, so one write covers many requests.
public final class EventLoop implements Loop {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);

    private final EventExecutor executor;
    private final String name;
    private final ArrayDeque<Runnable> endOfTurn = new ArrayDeque<>();
    private final Runnable runEndOfTurn = this::runEndOfTurn;
    private boolean endOfTurnPosted;

    public EventLoop(EventExecutor executor, String name) {
        this.executor = executor;
        this.name = name;
    }

    @Override
    public boolean isOwned() {
        return executor.inEventLoop();
    }

    @Override
    public void post(Runnable turn) {
        executor.execute(() -> guarded(turn));
    }

    @Override
    public Timer after(long delayMs, Runnable turn) {
        ScheduledFuture<?> future = executor.schedule(() -> guarded(turn), delayMs, TimeUnit.MILLISECONDS);
        return () -> future.cancel(false);
    }

    /// Runs `work` once at the end of this turn, after all sockets that were ready have been read. Owner only.
    public void atEndOfTurn(Runnable work) {
        endOfTurn.addLast(work);
        if (!endOfTurnPosted) {
            endOfTurnPosted = true;
            executor.execute(runEndOfTurn);
        }
    }

    private void runEndOfTurn() {
        endOfTurnPosted = false;
        for (int remaining = endOfTurn.size(); remaining > 0; remaining--) {
            guarded(endOfTurn.removeFirst());
        }
    }

    /// The outermost turn: a fault in one turn is ours; it is told and the loop lives on.
    private void guarded(Runnable turn) {
        try {
            turn.run();
        } catch (RuntimeException | Error fault) {
            LOG.error("event=turn-failed loop={}", name, fault);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
