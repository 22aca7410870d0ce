package io.millrace.server.partition;

import io.millrace.log.EarlySync;
import io.millrace.log.PartitionLog;
import io.millrace.server.loop.EventLoop;
import java.util.ArrayDeque;
import java.util.Optional;

/// Makes durable, one log after the other, what only the page cache knows, so that recovery stays short also while a
/// log is written to without a pause. The disk takes the bulk of it beside the log's own writes ([EarlySync]); the
/// flush job that moves the log's durable end is short then.
///
/// Owned by: the loop of its [PartitionHost].
final class BackgroundSync {
    private final EventLoop loop;
    private final FlushTurns flushes;
    private final ArrayDeque<Hosted> written = new ArrayDeque<>();
    private int remaining;

    BackgroundSync(EventLoop loop, FlushTurns flushes) {
        this.loop = loop;
        this.flushes = flushes;
    }

    /// The log has bytes that only the page cache knows.
    void later(Hosted hosted) {
        if (!hosted.inToSync) {
            hosted.inToSync = true;
            written.add(hosted);
        }
    }

    /// Begins a pass over the logs that were written to since the last one, unless that is not through yet.
    void run() {
        if (remaining == 0) {
            remaining = written.size();
            next();
        }
    }

    private void next() {
        while (remaining > 0) {
            remaining--;
            Hosted hosted = written.removeFirst();
            hosted.inToSync = false;
            if (hosted.isReleased()) {
                continue;
            }
            PartitionLog log = hosted.partition.log();
            if (log.isFailed()) {
                later(hosted);
                continue;
            }
            Optional<EarlySync> early = log.earlySync();
            if (early.isPresent()) {
                hosted.disk.sync(early.get()::run, loop, () -> finish(hosted));
                return;
            }
        }
    }

    private void finish(Hosted hosted) {
        try {
            if (!hosted.isReleased()) {
                hosted.syncDue = true;
                flushes.atEndOfTurn(hosted);
            }
        } finally {
            next();
        }
    }
}
