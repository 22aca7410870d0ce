package io.millrace.server.partition;

import io.millrace.log.MoveJob;
import io.millrace.log.PartitionLog;
import io.millrace.model.ErrorKind;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The last step of a log on its way to another disk: everything that is written is in the copy, durably; what arrives
/// now waits until the log has changed over.
///
/// Owned by: the loop of the log.
final class ChangeOver {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeOver.class);
    /// What arrives is not held longer for something that does not come to rest.
    private static final long HELD_MS_MAX = 500;

    private final LogMove.Surroundings around;
    private final LogDirectories directories;
    private final Hosted hosted;
    private final LogDirectories.Disk target;
    private long heldSinceMs;

    /// What became of an attempt.
    enum Attempt {
        BEGUN,
        /// Something is under way that ends in a moment.
        SOON,
        /// It does not end; what was held has to be let go first.
        LATER
    }

    ChangeOver(LogMove.Surroundings around, LogDirectories directories, Hosted hosted, LogDirectories.Disk target) {
        this.around = around;
        this.directories = directories;
        this.hosted = hosted;
        this.target = target;
    }

    /// @param done told of the job once the log is its owner's again, here or there
    Attempt attempt(PartitionLog source, PartitionLog copy, Consumer<MoveJob> done) {
        long nowMs = around.clock().monotonicMs();
        if (!hosted.isHeld) {
            heldSinceMs = nowMs;
            around.arrivals().hold(hosted);
        }
        if (!hosted.isLookedAt && hosted.isIdle() && !hosted.isReleased() && source.isAllIn(copy)) {
            begin(source, copy, done);
            return Attempt.BEGUN;
        }
        if (nowMs - heldSinceMs >= HELD_MS_MAX) {
            return Attempt.LATER;
        }
        around.flushes().atEndOfTurn(hosted);
        return Attempt.SOON;
    }

    private void begin(PartitionLog source, PartitionLog copy, Consumer<MoveJob> done) {
        MoveJob job = source.beginMove(copy, hosted.partition.highWatermark()).orElseThrow();
        hosted.cutOut = true;
        target.loop().read(() -> {
            try {
                job.run();
            } finally {
                around.loop().post(() -> end(source, job, done));
            }
        });
    }

    private void end(PartitionLog source, MoveJob job, Consumer<MoveJob> done) {
        hosted.cutOut = false;
        boolean isEnded = false;
        try {
            source.endMove(job);
            isEnded = true;
        } finally {
            if (!isEnded) {
                around.failures().onFault(hosted, "move");
            }
        }
        if (job.error() == ErrorKind.NONE) {
            directories.moved(hosted.partition.id(), target);
            around.moves().onArrived(hosted, target);
            LOG.info(
                    "event=log-moved partition={} to={} end={} held-ms={}",
                    hosted.partition.id(),
                    target.directory().path(),
                    source.endOffset(),
                    around.clock().monotonicMs() - heldSinceMs);
        } else if (source.isFailed()) {
            around.failures().onFailed(hosted, "move", job.errorMessage());
        }
        if (!hosted.isReleased()) {
            hosted.partition.onReloaded();
            around.moves().onChangedOver(hosted);
        }
        around.arrivals().letGo(hosted);
        done.accept(job);
    }
}
