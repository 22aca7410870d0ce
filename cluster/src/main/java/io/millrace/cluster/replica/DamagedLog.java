package io.millrace.cluster.replica;

import io.millrace.log.PartitionLog;
import io.millrace.model.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/// A replica whose disk gave back something that was never written there, and the way to get it again from others: it
/// leads no more and is counted on no more, then it throws away everything from the damage on and follows.
///
/// It must not be counted on again before it has all of it again. Questions it has asked under the present leader epoch
/// say that it does, and may still be under way; so the epoch rises, it asks nothing under the new one, is given up,
/// and stays silent until the damage is gone. The last in the in-sync set keeps what it has and waits for others.
///
/// Damage is found by a reader, at an offset, or by the recovery of a log that its disk has refused: that finds it as
/// often as it is tried, and the log takes nothing until it is salvaged.
///
/// Owned by: the loop of its [Partition].
final class DamagedLog {
    private static final long RETRY_MS = 1_000;
    private static final long NOWHERE = Long.MAX_VALUE;

    private final ReplicaContext context;
    private final TopicIdPartition replica;
    private final int epochToLeave;
    private long readAt = NOWHERE;
    private long recoveredFrom = NOWHERE;
    private boolean isRefused;
    private Wish wish = Wish.NONE;
    private boolean isGivenUp;
    private boolean isAsked;
    private long askAgainAtMs = Long.MIN_VALUE;

    /// What the controller is asked for.
    private enum Wish {
        NONE,
        /// That this replica leads no more, is in sync no more, and is not eligible either (KIP-966).
        TO_BE_GIVEN_UP,
        /// That the leader begins another epoch.
        ANOTHER_EPOCH
    }

    DamagedLog(ReplicaContext context, TopicIdPartition replica, Assignment now) {
        this.context = context;
        this.replica = replica;
        this.epochToLeave = now.leaderEpoch();
    }

    /// A reader found it: no batch at or above is known to be sound.
    void foundAt(long offset) {
        readAt = Math.min(readAt, offset);
    }

    /// A recovery found it.
    ///
    /// @param trustedOffset where the damaged segment begins, perhaps below the log's start
    void keepsFrom(long trustedOffset) {
        recoveredFrom = trustedOffset;
        isRefused = false;
    }

    /// The disk refused something: it is not asked to salvage before a recovery has found it willing.
    void onStorageError() {
        isRefused = true;
    }

    /// Whether the log holds none of it any more.
    boolean isGone(PartitionLog log) {
        return !isStuck(log) && (log.endOffset() <= readAt || log.startOffset() > readAt);
    }

    /// Whether the log takes nothing because of it: a recovery that went well after all has found its files in order.
    private boolean isStuck(PartitionLog log) {
        return recoveredFrom != NOWHERE && log.isFailed();
    }

    /// Whether it must ask its leader for nothing.
    boolean isSilent(Assignment now) {
        return !leads(now) && now.leaderEpoch() > epochToLeave;
    }

    /// What is to be done to the log; null while others count on it, or nobody leads from whom it could be had again.
    @Nullable
    FollowStep repair(Assignment now, PartitionLog log) {
        if (!isSilent(now) || !isGivenUp || isInSync(now) || now.leader() < 0) {
            return null;
        }
        if (isStuck(log)) {
            return isRefused ? null : new FollowStep.Salvage(recoveredFrom);
        }
        if (isGone(log)) {
            return null;
        }
        // What a compacted log has kept does not go together with what others have removed since.
        return log.config().compact()
                ? new FollowStep.RestartAt(log.startOffset())
                : new FollowStep.Repair(Math.max(readAt, log.startOffset()));
    }

    /// Asks for what is missing before the log may be repaired, again now and then, until it is so.
    void seek(Assignment now, long nowMs) {
        if (leads(now)) {
            isGivenUp = false; // there was nobody else
        }
        Wish next = wish(now);
        boolean isDue = next != wish || nowMs >= askAgainAtMs;
        if (isAsked || !isDue) {
            return;
        }
        wish = next;
        switch (next) {
            case NONE -> {}
            case TO_BE_GIVEN_UP -> {
                isAsked = true;
                context.proposals().giveUp(replica, isDecided -> {
                    isGivenUp = isDecided;
                    onAnswered();
                });
            }
            case ANOTHER_EPOCH -> {
                isAsked = true;
                context.proposals().leaveEpoch(replica, epochToLeave, this::onAnswered);
            }
        }
    }

    private Wish wish(Assignment now) {
        if (now.leader() < 0) {
            return Wish.NONE;
        }
        if (leads(now)) {
            return now.isr().size() > 1 ? Wish.TO_BE_GIVEN_UP : Wish.NONE;
        }
        if (!isSilent(now)) {
            return Wish.ANOTHER_EPOCH;
        }
        return isInSync(now) || !isGivenUp ? Wish.TO_BE_GIVEN_UP : Wish.NONE;
    }

    private void onAnswered() {
        isAsked = false;
        askAgainAtMs = context.clock().monotonicMs() + RETRY_MS;
    }

    private boolean isInSync(Assignment now) {
        return now.isr().contains(context.nodeId());
    }

    private boolean leads(Assignment now) {
        return now.leader() == context.nodeId();
    }
}
