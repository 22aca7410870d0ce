package io.millrace.server.partition;

import io.millrace.log.FlushJob;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.server.loop.EventLoop;
import io.millrace.server.metrics.Metrics;
import java.util.ArrayDeque;
import java.util.Optional;

/// The way of one loop's partitions to their disks: what was appended in a turn is written once at its end, by the loop
/// itself where that costs next to nothing, else by the disk's threads; one job a log at a time, and while it is out
/// appends gather for the next.
///
/// Owned by: the loop of its [PartitionHost].
final class FlushTurns {
    private final EventLoop loop;
    private final Clock clock;
    private final Metrics metrics;
    private final FailedPartitions failures;
    private final ArrayDeque<Hosted> dirty = new ArrayDeque<>();
    private final ArrayDeque<CopyRound.Copy> copies = new ArrayDeque<>();
    private final BackgroundSync background;
    private boolean flushPosted;

    FlushTurns(EventLoop loop, Clock clock, Metrics metrics, FailedPartitions failures) {
        this.loop = loop;
        this.clock = clock;
        this.metrics = metrics;
        this.failures = failures;
        this.background = new BackgroundSync(loop, this);
    }

    BackgroundSync background() {
        return background;
    }

    /// There may be something to write: it is when this turn ends.
    void atEndOfTurn(Hosted hosted) {
        if (!hosted.dirty) {
            hosted.dirty = true;
            dirty.add(hosted);
            if (!flushPosted) {
                flushPosted = true;
                loop.atEndOfTurn(this::flushDirty);
            }
        }
    }

    private void flushDirty() {
        flushPosted = false;
        try {
            for (int remaining = dirty.size(); remaining > 0; remaining--) {
                Hosted hosted = dirty.removeFirst();
                hosted.dirty = false;
                flush(hosted);
            }
        } finally {
            handOverCopies();
            if (!dirty.isEmpty() && !flushPosted) {
                flushPosted = true;
                loop.atEndOfTurn(this::flushDirty); // one partition's fault is not the others'
            }
        }
    }

    private void flush(Hosted hosted) {
        if (hosted.isReleased()) {
            return;
        }
        if (hosted.jobOut) {
            return; // whatever was appended meanwhile goes with the next job, and so does a sync that is due
        }
        boolean sync = hosted.syncDue || hosted.partition.isDurable();
        hosted.syncDue = false;
        Optional<FlushJob> job = beginFlush(hosted, sync);
        if (job.isEmpty()) {
            return;
        }
        if (!sync) {
            background.later(hosted);
        }
        if (!sync && hosted.mood.isForLoop(job.get().bytes(), clock.monotonicNs())) {
            runHere(hosted, job.get());
        } else {
            runOnDisk(hosted, job.get(), sync);
        }
    }

    private Optional<FlushJob> beginFlush(Hosted hosted, boolean sync) {
        boolean isBegun = false;
        try {
            Optional<FlushJob> job = hosted.partition.log().beginFlush(sync);
            isBegun = true;
            return job;
        } finally {
            if (!isBegun) {
                failures.onFault(hosted, "flush");
            }
        }
    }

    private void runHere(Hosted hosted, FlushJob job) {
        long startNs = clock.monotonicNs();
        try {
            job.run();
        } finally {
            long endNs = clock.monotonicNs();
            hosted.mood.onWrite(endNs - startNs, endNs);
            metrics.onFlush(endNs - startNs);
            finish(hosted, job);
        }
    }

    private void runOnDisk(Hosted hosted, FlushJob job, boolean sync) {
        hosted.jobOut = true;
        long startNs = clock.monotonicNs();
        if (!sync && DiskMood.isBulk(job.bytes())) {
            copies.add(new CopyRound.Copy(hosted, job, startNs));
        } else {
            hosted.disk.flush(() -> job.run(clock), loop, () -> onBack(hosted, job, startNs));
        }
    }

    /// The copies of a turn go to the disk's threads in rounds.
    private void handOverCopies() {
        while (!copies.isEmpty()) {
            CopyRound round = CopyRound.next(copies);
            round.disk().write(round::run, loop, () -> onBack(round));
        }
    }

    private void onBack(CopyRound round) {
        try {
            while (!round.isOver()) {
                CopyRound.Copy copy = round.takeFirst();
                onBack(copy.hosted(), copy.job(), copy.startNs());
            }
        } finally {
            if (!round.isOver()) {
                loop.post(() -> onBack(round)); // one partition's fault is not the others'
            }
        }
    }

    private void onBack(Hosted hosted, FlushJob job, long startNs) {
        hosted.jobOut = false;
        metrics.onFlush(clock.monotonicNs() - startNs);
        try {
            finish(hosted, job);
        } finally {
            if (!hosted.handOverIfIdle()
                    && (hosted.syncDue || hosted.partition.log().unwrittenBytes() > 0)) {
                atEndOfTurn(hosted); // what this turn still reads goes with it
            }
        }
    }

    private void finish(Hosted hosted, FlushJob job) {
        boolean isEnded = false;
        try {
            hosted.partition.log().endFlush(job);
            isEnded = true;
        } finally {
            if (!isEnded) {
                failures.onFault(hosted, "flush");
            }
        }
        if (job.error() == ErrorKind.NONE) {
            hosted.partition.onFlushed();
        } else {
            failures.onFailed(hosted, "flush", job.errorMessage());
            background.later(hosted);
        }
    }
}
