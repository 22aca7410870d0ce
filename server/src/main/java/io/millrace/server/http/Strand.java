package io.millrace.server.http;

import io.millrace.console.port.Worker;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The turns of one connection, one after another, on whichever thread is free: whoever has a short question does not
/// wait behind the long list of another connection. May be called from any thread.
///
/// Bounded by what one request has under way.
final class Strand implements Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Strand.class);

    private final Executor threads;
    private final Runnable onFault;
    private final Queue<Runnable> turns = new ArrayDeque<>();
    private boolean running;

    /// @param onFault run when a turn broke, on the thread it ran on
    Strand(Executor threads, Runnable onFault) {
        this.threads = threads;
        this.onFault = onFault;
    }

    @Override
    public void post(Runnable turn) {
        synchronized (turns) {
            turns.add(turn);
            if (running) {
                return;
            }
            running = true;
        }
        threads.execute(this::next);
    }

    private void next() {
        Runnable turn;
        synchronized (turns) {
            turn = turns.remove();
        }
        try {
            turn.run();
        } catch (RuntimeException | Error fault) {
            LOG.error("event=management-turn-failed", fault);
            onFault.run();
        }
        synchronized (turns) {
            if (turns.isEmpty()) {
                running = false;
                return;
            }
        }
        threads.execute(this::next);
    }
}
