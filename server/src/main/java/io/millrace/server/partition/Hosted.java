package io.millrace.server.partition;

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
    final DiskLoop disk;
    final DiskMood mood;
    /// Those that wait for a batch to be looked at elsewhere, that one first; null for nobody.
    @Nullable
    ArrayDeque<Arrivals.Arrival> arrivals;

    boolean dirty;
    boolean syncDue;
    boolean inToSync;
    boolean failed;
    boolean jobOut;
    boolean swapOut;
    boolean retentionOut;
    boolean recoveryOut;

    private @Nullable Runnable whenIdle;

    Hosted(Partition partition, DiskLoop disk, DiskMood mood) {
        this.partition = partition;
        this.disk = disk;
        this.mood = mood;
    }

    boolean isIdle() {
        return !jobOut && !swapOut && !retentionOut && !recoveryOut;
    }

    /// On its way out: whoever gets the log writes the rest.
    boolean isReleased() {
        return whenIdle != null;
    }

    /// The partition leaves: `heir` gets the log with [#handOverIfIdle], when no job is out.
    void releaseTo(Consumer<PartitionLog> heir) {
        whenIdle = () -> heir.accept(partition.log());
    }

    /// Returns whether the log is on its way out.
    boolean handOverIfIdle() {
        Runnable handOver = whenIdle;
        if (handOver != null && isIdle()) {
            whenIdle = () -> {}; // released for good, and only once
            handOver.run();
        }
        return handOver != null;
    }
}
