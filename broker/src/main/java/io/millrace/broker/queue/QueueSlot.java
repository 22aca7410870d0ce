package io.millrace.broker.queue;

import io.millrace.broker.queue.machine.QueueMachine;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A queue that lives on this loop: its host, and while it is loaded or about to be deleted those who wait for it.
///
/// Owned by: its [QueueShard].
final class QueueSlot {
    /// Who may wait for a queue to be loaded, beside those who only let go of it.
    private static final int WAITING_MAX = 10_000;

    private record Waiting(Consumer<QueueHost> work, Consumer<QueueOutcome> refused) {}

    private final QueueSurroundings around;
    private final long startedMs;
    private final long seenBelow;
    private final BooleanSupplier isHere;
    private final Runnable onUnload;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private QueueView view;
    private @Nullable QueueHost host;
    private @Nullable LogLoader loader;
    private boolean isLeaving;

    /// @param startedMs when this life of the node began
    /// @param seenBelow messages before it may have been handed out by an earlier life of the queue
    /// @param isHere whether the queue is still to be kept here
    /// @param onUnload it can not be kept as it is
    QueueSlot(
            QueueView view,
            QueueSurroundings around,
            long startedMs,
            long seenBelow,
            BooleanSupplier isHere,
            Runnable onUnload) {
        this.view = view;
        this.startedMs = startedMs;
        this.seenBelow = seenBelow;
        this.around = around.of(view);
        this.isHere = isHere;
        this.onUnload = onUnload;
    }

    void open() {
        switch (view.home()) {
            case Home.InMemory _ -> {
                QueueMachine machine = new QueueMachine(QueueArguments.settings(view));
                host = new QueueHost(
                        view,
                        machine,
                        around,
                        Duplicates.of(view, around),
                        owner -> new MemoryStore(owner, around.memory()));
            }
            case Home.OnLog log -> {
                // as in RabbitMQ: a classic queue forgets transient messages with the node, a quorum queue does not
                long sinceMs = view.spec().type() == QueueType.CLASSIC ? startedMs : 0;
                LogLoader next = new LogLoader(view, log, sinceMs, around, isHere, this::onLoaded, onUnload);
                loader = next;
                next.start();
            }
        }
    }

    private void onLoaded(LogLoader loaded) {
        if (loaded != loader) {
            return;
        }
        loader = null;
        loaded.machine().seenBelow(seenBelow);
        QueueHost opened = new QueueHost(view, loaded.machine(), around, loaded.duplicates(), loaded::store);
        opened.change(view);
        host = opened;
        doWaiting(opened);
    }

    private void doWaiting(QueueHost open) {
        while (host == open && !isLeaving && !waiting.isEmpty()) {
            waiting.remove().work.accept(open);
        }
    }

    /// The queue is about to be deleted: what is asked of it from now on waits for [#stay] or the end.
    void leave() {
        isLeaving = true;
    }

    /// It is not deleted after all.
    void stay() {
        isLeaving = false;
        QueueHost open = host;
        if (open != null) {
            doWaiting(open);
        }
    }

    void use(Consumer<QueueHost> work, Consumer<QueueOutcome> refused) {
        QueueHost open = host;
        if (open != null && !isLeaving) {
            work.accept(open);
        } else if (waiting.size() < WAITING_MAX) {
            waiting.add(new Waiting(work, refused));
        } else {
            refused.accept(QueueOutcome.UNAVAILABLE);
        }
    }

    void afterOthers(Runnable work) {
        if (host == null || isLeaving) {
            waiting.add(new Waiting(_ -> work.run(), _ -> work.run()));
        } else {
            work.run();
        }
    }

    /// Nothing while it is being loaded.
    Optional<HostedQueue> hosted() {
        return Optional.ofNullable(host).map(open -> new HostedQueue(open.counts(), open.traffic()));
    }

    void change(QueueView now) {
        view = now;
        QueueHost open = host;
        if (open != null) {
            open.change(now);
        }
    }

    /// What the next life of the queue is to be told as `seenBelow`.
    long unsafeEnd() {
        QueueHost open = host;
        return open == null ? seenBelow : Math.max(seenBelow, open.unsafeEnd());
    }

    /// @param why what those are told who wait
    void close(QueueOutcome why) {
        LogLoader loading = loader;
        if (loading != null) {
            loader = null;
            loading.cancel();
        }
        QueueHost open = host;
        host = null;
        if (open != null) {
            open.close();
        }
        List<Waiting> refused = new ArrayList<>(waiting);
        waiting.clear();
        refused.forEach(each -> each.refused.accept(why));
    }

    /// The node stops.
    void closeInOrder(Runnable done) {
        QueueHost open = host;
        host = null;
        close(QueueOutcome.UNAVAILABLE);
        if (open == null) {
            done.run();
        } else {
            open.closeInOrder(done);
        }
    }
}
