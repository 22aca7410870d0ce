package io.millrace.cli.cluster.local;

import io.millrace.server.loop.StopLoop;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Reports nodes that die, starts them again if told so, and ends the command when none is left.
///
/// Owned by: the threads on which the JDK reports the end of processes; they take turns at its lock.
final class NodeWatch {
    private static final long AGAIN_AFTER_MS = 1_000;
    private static final long TOO_SOON_NS = TimeUnit.SECONDS.toNanos(5);

    private final LocalNodes nodes;
    private final boolean restart;
    private final StopLoop stop;
    private final Consumer<String> say;
    private boolean over;

    NodeWatch(LocalNodes nodes, boolean restart, StopLoop stop, Consumer<String> say) {
        this.nodes = nodes;
        this.restart = restart;
        this.stop = stop;
        this.say = say;
    }

    void begin() {
        nodes.all().forEach(this::watch);
    }

    private void watch(NodeProcess node) {
        long startedNs = System.nanoTime();
        node.onExit().thenAccept(code -> ended(node, code, System.nanoTime() - startedNs));
    }

    private synchronized void ended(NodeProcess node, int code, long livedNs) {
        if (over) {
            return;
        }
        say.accept("Node " + node.id() + " ended " + how(code));
        if (restart && livedNs > TOO_SOON_NS) {
            CompletableFuture.delayedExecutor(AGAIN_AFTER_MS, TimeUnit.MILLISECONDS)
                    .execute(() -> again(node));
        } else if (nodes.all().stream().noneMatch(NodeProcess::isAlive)) {
            over = true;
            say.accept("No node is left");
            stop.failed();
        } else if (restart) {
            say.accept("Node " + node.id() + " is not started again: it ended too soon after its start");
        }
    }

    /// 128 and more: by the signal of that number, as a shell reports it.
    private static String how(int code) {
        return code > 128 ? "by signal " + (code - 128) : "with exit code " + code;
    }

    private synchronized void again(NodeProcess node) {
        if (over) {
            return;
        }
        try {
            node.restart();
            say.accept("Node " + node.id() + " is started again as process " + node.pid());
            watch(node);
        } catch (IOException failed) {
            say.accept("Node " + node.id() + " can not be started again: " + failed.getMessage());
        }
    }

    /// Nothing is reported any more: the nodes are to end.
    synchronized void end() {
        over = true;
    }

    synchronized boolean isOver() {
        return over;
    }
}
