package io.millrace.server.partition;

import io.millrace.log.RetentionJob;
import io.millrace.log.disk.StorageException;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.server.loop.EventLoop;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;

/// Retention of one loop's partitions, one log after the other; what has to wait for the disk is done on its threads,
/// one job at a time.
///
/// Owned by: the loop of its [PartitionHost].
final class RetentionPass {
    private static final int LOGS_PER_TURN = 100;

    private final EventLoop loop;
    private final Clock clock;
    private final FailedPartitions failures;
    private final FlushTurns flushes;
    private final ArrayDeque<Hosted> waiting = new ArrayDeque<>();
    /// Whose start has moved: these do not wait for a pass.
    private final LinkedHashSet<Hosted> moved = new LinkedHashSet<>();
    private boolean isJobOut;

    RetentionPass(EventLoop loop, Clock clock, FailedPartitions failures, FlushTurns flushes) {
        this.loop = loop;
        this.clock = clock;
        this.failures = failures;
        this.flushes = flushes;
    }

    /// Begins a pass over these; does nothing while the last one is not through.
    void begin(Collection<Hosted> partitions) {
        if (waiting.isEmpty()) {
            boolean isAtRest = isAtRest();
            waiting.addAll(partitions);
            beginUnless(!isAtRest);
        }
    }

    /// Looks at a log whose beginning was deleted: what it holds below comes back at once.
    void onMoved(Hosted hosted) {
        boolean isAtRest = isAtRest();
        moved.add(hosted);
        beginUnless(!isAtRest);
    }

    private boolean isAtRest() {
        return waiting.isEmpty() && moved.isEmpty() && !isJobOut;
    }

    private void beginUnless(boolean isUnderWay) {
        if (!isUnderWay) {
            next();
        }
    }

    private void next() {
        boolean isDiskAtWork = false;
        try {
            for (int i = 0; i < LOGS_PER_TURN && !isDiskAtWork && !isAtRest(); i++) {
                isDiskAtWork = retain(moved.isEmpty() ? waiting.removeFirst() : moved.removeFirst());
            }
        } finally {
            if (!isDiskAtWork && !isAtRest()) {
                loop.post(this::next); // also after a fault of one
            }
        }
    }

    /// Returns whether there is disk work, which goes on with the next log when it is done.
    private boolean retain(Hosted hosted) {
        if (hosted.isReleased()) {
            return false;
        }
        long nowMs = clock.wallMs();
        hosted.partition.idle();
        try {
            Optional<RetentionJob> job = hosted.partition.log().beginRetention(nowMs, hosted.partition.highWatermark());
            flushes.atEndOfTurn(hosted); // a segment sealed for its age is finished now, not with the next append
            job.ifPresent(begun -> run(hosted, begun, nowMs));
            return job.isPresent();
        } catch (StorageException refused) {
            failures.onRefused(hosted, "retention", String.valueOf(refused.getMessage()));
            return false;
        }
    }

    private void run(Hosted hosted, RetentionJob job, long nowMs) {
        isJobOut = true;
        hosted.retentionOut = true;
        hosted.disk.read(() -> {
            try {
                job.run();
            } finally {
                loop.post(() -> end(hosted, job, nowMs));
            }
        });
    }

    private void end(Hosted hosted, RetentionJob job, long nowMs) {
        isJobOut = false;
        hosted.retentionOut = false;
        boolean isEnded = false;
        try {
            hosted.partition.log().endRetention(job, nowMs);
            hosted.partition.onRetained();
            isEnded = true;
        } finally {
            if (job.error() != ErrorKind.NONE) {
                failures.onRefused(hosted, "retention", job.errorMessage());
            }
            if (!hosted.handOverIfIdle() && isEnded && job.error() == ErrorKind.NONE) {
                waiting.addFirst(hosted); // what was looked up may show more
            }
            next();
        }
    }
}
