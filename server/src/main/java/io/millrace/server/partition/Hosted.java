package io.millrace.server.partition;

import io.millrace.cluster.replica.Assignment;
import io.millrace.cluster.replica.Partition;
import io.millrace.log.PartitionLog;
import io.millrace.server.loop.DiskLoop;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One partition with the disk it lives on, and what its loop has under way for it.
///
/// Owned by: the loop of its [PartitionHost].
final class Hosted {
    final Partition partition;
    DiskLoop disk;
    DiskMood mood;
    /// The way to another disk, null while it stays.
    @Nullable
    LogMove move;

    /// Those that wait for a batch to be looked at elsewhere, that one first; null for nobody.
    @Nullable
    ArrayDeque<Arrivals.Arrival> arrivals;

    /// Whom the partition is fetched from, -1 for nobody, and under which leader epoch.
    int followedLeader = -1;

    int followedEpoch = -1;
    /// Whether one of `arrivals` is looked at elsewhere at this moment.
    boolean isLookedAt;
    /// Whether what arrives waits for the log to change over to another disk.
    boolean isHeld;
    boolean dirty;
    boolean syncDue;
    boolean inToSync;
    boolean failed;
    boolean jobOut;
    boolean swapOut;
    boolean retentionOut;
    boolean recoveryOut;
    boolean cutOut;
    boolean gaveUp;
    long failedAtMs;

    private @Nullable Runnable whenIdle;
    private @Nullable Runnable cutWhenIdle;
    /// What the metadata said while the log was being cut.
    @Nullable
    Assignment assignmentAfterCut;

    Hosted(Partition partition, DiskLoop disk, DiskMood mood) {
        this.partition = partition;
        this.disk = disk;
        this.mood = mood;
    }

    boolean isIdle() {
        return !jobOut && !swapOut && !retentionOut && !recoveryOut && !cutOut;
    }

    /// On its way out: whoever gets the log writes the rest.
    boolean isReleased() {
        return whenIdle != null;
    }

    /// The partition leaves: `heir` gets the log with [#handOverIfIdle], when no job is out.
    void releaseTo(Consumer<PartitionLog> heir) {
        whenIdle = () -> heir.accept(partition.log());
    }

    /// The log's end is to be cut off once no job is out.
    void cutWhenIdle(Runnable cut) {
        cutWhenIdle = cut;
        handOverIfIdle();
    }

    /// The cut is called off: nobody wants it any more.
    void callOffCut() {
        cutWhenIdle = null;
    }

    /// A job is back, and whoever waits for the last of them may have his turn. Returns whether the log is on its way
    /// out.
    boolean handOverIfIdle() {
        Runnable handOver = whenIdle;
        Runnable cut = cutWhenIdle;
        if (handOver != null && isIdle() && move == null) {
            whenIdle = () -> {}; // released for good, and only once
            handOver.run();
        } else if (handOver == null && cut != null && isIdle()) {
            cutWhenIdle = null;
            cut.run();
        }
        return handOver != null;
    }
}
