package io.millrace.broker.queue;

import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.model.Loop;
import org.jspecify.annotations.Nullable;

/// Deletes a queue nobody uses: an auto-delete one when its last consumer went, one with `x-expires` when for so long
/// nobody consumed, got or declared. The queue of a connection that lives is in use.
///
/// Owned by: one [QueueHost].
final class QueueDisuse {
    private static final long RETRY_MS = 1_000;

    private final QueueSurroundings around;
    private QueueView view;
    private int consumers;
    private long usedMs;
    private boolean hadConsumers;
    private boolean closed;
    private Loop.@Nullable Timer timer;

    QueueDisuse(QueueView view, QueueSurroundings around) {
        this.view = view;
        this.around = around;
        used();
    }

    void changed(QueueView now) {
        view = now;
        arm();
    }

    /// Somebody got from it or declared it.
    void used() {
        usedMs = around.clock().monotonicMs();
        arm();
    }

    void consumers(int now) {
        boolean wasLast = now == 0 && consumers > 0;
        hadConsumers |= now > 0;
        consumers = now;
        if (!wasLast) {
            return;
        }
        used();
        if (view.spec().autoDelete()) {
            delete();
        }
    }

    /// One timer at a time; it looks again when it comes too early.
    private void arm() {
        if (timer == null && !closed && expires()) {
            timer = around.loop().after(Math.max(0, leftMs()), this::onTimer);
        }
    }

    private boolean expires() {
        return view.owner().isEmpty() && QueueArguments.expiresMs(view) != QueueArguments.NONE;
    }

    private long leftMs() {
        return QueueArguments.expiresMs(view) - (around.clock().monotonicMs() - usedMs);
    }

    private void onTimer() {
        timer = null;
        if (closed || !expires()) {
            return;
        }
        if (consumers > 0) {
            usedMs = around.clock().monotonicMs();
        } else if (leftMs() <= 0) {
            delete();
            return;
        }
        arm();
    }

    private void delete() {
        around.changes().submit(new TopologyChange.DeleteQueue(view.ref(), view.id()), reply -> {
            if (!(reply instanceof TopologyReply.Done)) {
                around.loop().after(RETRY_MS, () -> around.loop().run(this::again));
            }
        });
    }

    private void again() {
        boolean isAutoDelete = view.spec().autoDelete() && hadConsumers;
        boolean isExpired = expires() && leftMs() <= 0;
        if (!closed && consumers == 0 && (isAutoDelete || isExpired)) {
            delete();
        } else {
            arm();
        }
    }

    void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
