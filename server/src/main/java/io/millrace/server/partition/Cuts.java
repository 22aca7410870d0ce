package io.millrace.server.partition;

import io.millrace.cluster.replica.FollowStep;
import io.millrace.cluster.replica.Partition;
import io.millrace.log.PartitionLog;
import io.millrace.log.TruncationJob;
import io.millrace.model.ErrorKind;
import io.millrace.server.loop.EventLoop;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Cuts followers' logs where they part from their leaders': on the disk's threads, once no other job is out.
///
/// Owned by: the loop of its [PartitionHost].
final class Cuts {
    private static final Logger LOG = LoggerFactory.getLogger(Cuts.class);

    private final EventLoop loop;
    private final FailedPartitions failures;
    private final Consumer<Hosted> whenCut;

    /// @param whenCut a log is whole again, cut or not
    Cuts(EventLoop loop, FailedPartitions failures, Consumer<Hosted> whenCut) {
        this.loop = loop;
        this.failures = failures;
        this.whenCut = whenCut;
    }

    /// @param step one that cuts
    void cut(Hosted hosted, FollowStep step) {
        hosted.cutWhenIdle(() -> begin(hosted, step));
    }

    /// Throws away what is damaged, if that is still to be done once no other job is out.
    void repair(Hosted hosted) {
        hosted.cutWhenIdle(() -> {
            FollowStep step = hosted.partition.repair();
            if (step != null) {
                begin(hosted, step);
            }
        });
    }

    private void begin(Hosted hosted, FollowStep step) {
        PartitionLog log = hosted.partition.log();
        Optional<TruncationJob> begun = switch (step) {
            case FollowStep.CutTo(long offset) -> {
                tell(hosted.partition, offset, "cut");
                yield log.beginTruncation(offset);
            }
            case FollowStep.RestartAt(long offset) -> {
                tell(hosted.partition, offset, "restart");
                yield log.beginRestart(offset);
            }
            case FollowStep.Repair(long offset) -> {
                tell(hosted.partition, offset, "repair");
                yield log.beginRepair(offset);
            }
            case FollowStep.Salvage(long trustedOffset) -> {
                tell(hosted.partition, trustedOffset, "salvage");
                yield log.beginSalvage(trustedOffset);
            }
            case FollowStep.UpToDate _, FollowStep.Appended _, FollowStep.Refused _ -> Optional.empty();
        };
        begun.ifPresent(job -> {
            hosted.cutOut = true;
            hosted.disk.read(() -> {
                try {
                    job.run();
                } finally {
                    loop.post(() -> end(hosted, job));
                }
            });
        });
    }

    private static void tell(Partition partition, long offset, String what) {
        PartitionLog log = partition.log();
        if (offset < partition.highWatermark() && !partition.isDamaged()) {
            LOG.error(
                    "event=log-{} partition={} to={} end={} high-watermark={} leader={} leader-epoch={} hint=\"records"
                            + " that were committed go with it: the leader was elected uncleanly, or lost them\"",
                    what,
                    partition.id(),
                    offset,
                    log.endOffset(),
                    partition.highWatermark(),
                    partition.assignment().leader(),
                    partition.assignment().leaderEpoch());
        } else {
            LOG.info(
                    "event=log-{} partition={} to={} end={} leader-epoch={}",
                    what,
                    partition.id(),
                    offset,
                    log.endOffset(),
                    partition.assignment().leaderEpoch());
        }
    }

    private void end(Hosted hosted, TruncationJob job) {
        hosted.cutOut = false;
        boolean isEnded = false;
        try {
            hosted.partition.log().endTruncation(job);
            isEnded = true;
        } finally {
            if (!isEnded) {
                failures.onFault(hosted, "truncation");
            }
        }
        if (hosted.handOverIfIdle()) {
            return;
        }
        if (job.error() == ErrorKind.NONE) {
            hosted.partition.onReloaded();
            failures.forget(hosted); // a log that had failed is back
        } else {
            failures.onFailed(hosted, "truncation", job.errorMessage());
            failures.lookForDamage(hosted, job.damage());
        }
        whenCut.accept(hosted);
    }
}
