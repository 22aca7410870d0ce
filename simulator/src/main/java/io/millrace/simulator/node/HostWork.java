package io.millrace.simulator.node;

import io.millrace.cluster.replica.FollowStep;
import io.millrace.log.FlushJob;
import io.millrace.log.PartitionLog;
import io.millrace.log.RecoveryJob;
import io.millrace.log.RetentionJob;
import io.millrace.log.TruncationJob;
import io.millrace.log.disk.DamageException;
import io.millrace.log.disk.StorageException;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.simulator.disk.SimDiskLoop;
import io.millrace.simulator.world.SimLoop;
import io.millrace.simulator.world.World;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The disk work of one node's replicas: flushes, cuts, retention, the way back after a storage error.
///
/// Owned by: the data loop of its node.
final class HostWork {
    private static final int RETRY_MS = 300;

    private final World world;
    private final SimLoop loop;
    private final SimDiskLoop disk;
    private final Clock clock;
    private final Consumer<Hosted> onCutDone;
    private final Set<Hosted> dirty = new LinkedHashSet<>();
    private boolean isTurnPosted;

    /// @param onCutDone what the metadata said meanwhile can be taken now
    HostWork(World world, SimLoop loop, SimDiskLoop disk, Clock clock, Consumer<Hosted> onCutDone) {
        this.world = world;
        this.loop = loop;
        this.disk = disk;
        this.clock = clock;
        this.onCutDone = onCutDone;
    }

    /// Something was appended: it is written in a moment.
    void flushSoon(Hosted hosted) {
        dirty.add(hosted);
        if (!isTurnPosted) {
            isTurnPosted = true;
            loop.post(this::flushDirty);
        }
    }

    private void flushDirty() {
        isTurnPosted = false;
        Set<Hosted> now = new LinkedHashSet<>(dirty);
        dirty.clear();
        now.forEach(hosted -> flush(hosted, hosted.partition.isDurable()));
    }

    /// Makes durable what only the page cache knows.
    void sync(Hosted hosted) {
        flush(hosted, true);
    }

    private void flush(Hosted hosted, boolean sync) {
        if (hosted.isReleased() || hosted.flushOut) {
            return;
        }
        Optional<FlushJob> begun = hosted.partition.log().beginFlush(sync);
        begun.ifPresent(job -> {
            hosted.flushOut = true;
            disk.run(job::run, loop, () -> end(hosted, job));
        });
    }

    private void end(Hosted hosted, FlushJob job) {
        hosted.flushOut = false;
        hosted.partition.log().endFlush(job);
        if (job.error() == ErrorKind.NONE) {
            hosted.partition.onFlushed();
        } else {
            failed(hosted, job.errorMessage());
        }
        if (hosted.handOverIfIdle()) {
            return;
        }
        if (hosted.partition.log().unwrittenBytes() > 0) {
            flushSoon(hosted);
        }
        cutIfDue(hosted);
    }

    private void failed(Hosted hosted, String why) {
        world.note("%s: the disk refused for %s: %s", loop, hosted.partition.id(), why);
        hosted.partition.onStorageError();
        recoverLater(hosted);
    }

    /// A log the disk refused something to: asked again until it takes writes.
    void recoverLater(Hosted hosted) {
        loop.after(RETRY_MS, () -> recover(hosted));
    }

    private void recover(Hosted hosted) {
        if (hosted.isReleased() || !hosted.partition.log().isFailed()) {
            return;
        }
        Optional<RecoveryJob> begun = hosted.partition.log().beginRecovery();
        if (begun.isEmpty()) {
            recoverLater(hosted);
            return;
        }
        hosted.reloadOut = true;
        disk.run(begun.get()::run, loop, () -> {
            hosted.reloadOut = false;
            hosted.partition.log().endRecovery(begun.get());
            if (hosted.handOverIfIdle()) {
                return;
            }
            if (begun.get().error() == ErrorKind.NONE) {
                hosted.partition.onReloaded();
                reloaded(hosted);
            } else {
                world.note(
                        "%s: still refused for %s: %s",
                        loop, hosted.partition.id(), begun.get().errorMessage());
                lookForDamage(hosted, begun.get().damage());
                recoverLater(hosted);
            }
        });
    }

    private void lookForDamage(Hosted hosted, @Nullable DamageException damage) {
        if (damage != null && hosted.partition.onUnrecoverable(damage)) {
            world.note(
                    "%s: %s does not come back: damaged from %d on",
                    loop, hosted.partition.id(), damage.trustedOffset());
        }
    }

    /// The log is to be cut as soon as no job is out.
    void cut(Hosted hosted, FollowStep step) {
        hosted.cutLater = step;
        cutIfDue(hosted);
    }

    private void cutIfDue(Hosted hosted) {
        FollowStep step = hosted.cutLater;
        if (step == null || hosted.isReleased() || !hosted.isIdle()) {
            return;
        }
        PartitionLog log = hosted.partition.log();
        Optional<TruncationJob> begun = switch (step) {
            case FollowStep.CutTo(long offset) -> log.beginTruncation(offset);
            case FollowStep.RestartAt(long offset) -> log.beginRestart(offset);
            case FollowStep.Repair(long offset) -> log.beginRepair(offset);
            case FollowStep.Salvage(long trustedOffset) -> log.beginSalvage(trustedOffset);
            case FollowStep.UpToDate _, FollowStep.Appended _, FollowStep.Refused _ -> Optional.empty();
        };
        hosted.cutLater = null;
        if (begun.isEmpty()) {
            return;
        }
        world.note("%s: %s of %s, which ends at %d", loop, step, hosted.partition.id(), log.endOffset());
        hosted.reloadOut = true;
        disk.run(begun.get()::run, loop, () -> endCut(hosted, begun.get()));
    }

    private void endCut(Hosted hosted, TruncationJob job) {
        hosted.reloadOut = false;
        hosted.isRepaired = hosted.partition.isDamaged();
        hosted.partition.log().endTruncation(job);
        if (hosted.handOverIfIdle()) {
            return;
        }
        if (job.error() == ErrorKind.NONE) {
            hosted.partition.onReloaded();
        } else {
            failed(hosted, job.errorMessage());
            lookForDamage(hosted, job.damage());
        }
        reloaded(hosted);
    }

    private void reloaded(Hosted hosted) {
        onCutDone.accept(hosted);
        flushSoon(hosted);
    }

    /// Gives up old segments.
    void retain(Hosted hosted) {
        if (hosted.isReleased() || hosted.retentionOut) {
            return;
        }
        long nowMs = clock.wallMs();
        try {
            Optional<RetentionJob> begun =
                    hosted.partition.log().beginRetention(nowMs, hosted.partition.highWatermark());
            flushSoon(hosted);
            begun.ifPresent(job -> {
                hosted.retentionOut = true;
                disk.run(job::run, loop, () -> {
                    hosted.retentionOut = false;
                    hosted.partition.log().endRetention(job, nowMs);
                    hosted.partition.onRetained();
                    hosted.handOverIfIdle();
                    cutIfDue(hosted);
                });
            });
        } catch (StorageException refused) {
            world.note(
                    "%s: retention of %s refused: %s",
                    loop, hosted.partition.id(), String.valueOf(refused.getMessage()));
        }
    }
}
