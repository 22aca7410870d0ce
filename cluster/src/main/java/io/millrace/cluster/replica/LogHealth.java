package io.millrace.cluster.replica;

import io.millrace.log.PartitionLog;
import io.millrace.log.disk.DamageException;
import io.millrace.model.TopicIdPartition;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a replica's disk has done to its log, as far as is known: lost its end ([LostTail]), or given back something
/// else than was written ([DamagedLog]). Most logs never need either.
///
/// Owned by: the loop of its [Partition].
final class LogHealth {
    private final PartitionLog log;
    private final ReplicaContext context;
    /// Null until a disk has refused once.
    private @Nullable LostTail lostTail;
    /// Null as long as everything that was read was as it was written.
    private @Nullable DamagedLog damaged;

    LogHealth(PartitionLog log, ReplicaContext context) {
        this.log = log;
        this.context = context;
        if (log.isFailed()) {
            onFailed();
        }
    }

    private TopicIdPartition key() {
        return new TopicIdPartition(log.topicId(), log.partition().partition());
    }

    private long nowMs() {
        return context.clock().monotonicMs();
    }

    /// Whether the log has all that others believe it has.
    boolean isWhole() {
        LostTail lost = lostTail;
        return lost == null || !lost.isMissing();
    }

    boolean isDamaged() {
        return damaged != null;
    }

    /// The disk refused a flush.
    void onFailed() {
        LostTail lost = lostTail;
        if (lost == null) {
            lost = new LostTail(context, key());
            lostTail = lost;
        }
        lost.onFailed(log.endOffset());
        DamagedLog known = damaged;
        if (known != null) {
            known.onStorageError();
        }
    }

    /// Somebody read `offset` and found something else than was written. Returns whether that was not known.
    boolean onDamaged(long offset, Assignment assignment) {
        if (offset < log.startOffset() || offset >= log.endOffset()) {
            return false;
        }
        return onDamage(found -> found.foundAt(offset), assignment);
    }

    /// As [Partition#onUnrecoverable].
    boolean onUnrecoverable(DamageException damage, Assignment assignment) {
        return onDamage(found -> found.keepsFrom(damage.trustedOffset()), assignment);
    }

    private boolean onDamage(Consumer<DamagedLog> what, Assignment assignment) {
        DamagedLog known = damaged;
        if (known != null) {
            what.accept(known);
            return false;
        }
        DamagedLog found = new DamagedLog(context, key(), assignment);
        what.accept(found);
        damaged = found;
        found.seek(assignment, nowMs());
        return true;
    }

    /// What is to be done to the log because it is damaged; null while it is not, or others count on it as it is.
    @Nullable
    FollowStep repair(Assignment assignment) {
        DamagedLog known = damaged;
        return known == null ? null : known.repair(assignment, log);
    }

    /// Whether it must ask its leader for nothing.
    boolean isSilent(Assignment assignment) {
        DamagedLog known = damaged;
        return known != null && known.isSilent(assignment);
    }

    void assignLost(Assignment next) {
        LostTail lost = lostTail;
        if (lost != null) {
            lost.assign(next);
        }
    }

    /// Asks the controller for what has to be before a damaged log can be repaired.
    void seekRepair(Assignment assignment) {
        DamagedLog known = damaged;
        if (known != null) {
            known.seek(assignment, nowMs());
        }
    }

    /// The log is what its files hold.
    void onReloaded(Assignment assignment) {
        LostTail tail = lostTail;
        if (tail != null) {
            tail.onReloaded(log.endOffset(), assignment);
        }
    }

    /// Returns whether the log was damaged, and is no more.
    boolean forgetDamageThatIsGone() {
        DamagedLog known = damaged;
        if (known == null || !known.isGone(log)) {
            return false;
        }
        damaged = null;
        return true;
    }

    void tickLost(long nowMs) {
        LostTail lost = lostTail;
        if (lost != null) {
            lost.tick(nowMs);
        }
    }
}
