package io.millrace.simulator.node;

import io.millrace.cluster.replica.Assignment;
import io.millrace.cluster.replica.FollowStep;
import io.millrace.cluster.replica.Partition;
import io.millrace.log.PartitionLog;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One replica and what is under way for it.
///
/// Owned by: the data loop of its node.
final class Hosted {
    final Partition partition;
    boolean flushOut;
    boolean retentionOut;
    boolean reloadOut;
    boolean isFollowed;
    /// What the metadata said while the log was being cut.
    @Nullable
    Assignment assignLater;
    /// What is to be cut when the jobs are back.
    @Nullable
    FollowStep cutLater;

    @Nullable
    private Consumer<PartitionLog> heir;

    /// Its log was repaired in the turn that is checked next: it may end below what was committed.
    boolean isRepaired;

    /// Offset up to which the checks have compared it.
    long checkedOffset;

    /// The last leadership the checks have looked at.
    int ledEpoch = -1;

    Hosted(Partition partition) {
        this.partition = partition;
    }

    boolean isIdle() {
        return !flushOut && !retentionOut && !reloadOut;
    }

    boolean isReleased() {
        return heir != null;
    }

    void releaseTo(Consumer<PartitionLog> next) {
        heir = next;
    }

    /// Hands the log over once nothing is out. Returns whether it is on its way out.
    boolean handOverIfIdle() {
        Consumer<PartitionLog> next = heir;
        if (next != null && isIdle()) {
            heir = _ -> {};
            next.accept(partition.log());
        }
        return next != null;
    }
}
