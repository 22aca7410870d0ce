package io.millrace.cluster.replica;

import io.millrace.model.TopicIdPartition;

/// Whether a replica's log came back from its disk without records that others may have copied, and until when that
/// keeps it from going on.
///
/// A log that is shorter must not grow again under the same leader epoch: other records would stand where the lost ones
/// were, and by their epoch nobody could tell them apart (KIP-101 compares epochs, not bytes). So who led gives the
/// leadership up and waits for another epoch, and who was in sync waits until it is in sync no more; the controller is
/// asked for that until it is so.
///
/// Owned by: the loop of its [Partition].
final class LostTail {
    private static final long UNKNOWN = -1;
    private static final int NO_EPOCH = -1;
    private static final long RETRY_MS = 1_000;

    private final ReplicaContext context;
    private final TopicIdPartition replica;
    private long endWhenFailed = UNKNOWN;
    private boolean isMissing;
    /// It may lead under a later one; under any when it did not lead before the controller had heard.
    private int epochToLeave = NO_EPOCH;
    private boolean isAsked;
    private boolean isHeard;
    private long askAgainAtMs = Long.MIN_VALUE;

    LostTail(ReplicaContext context, TopicIdPartition replica) {
        this.context = context;
        this.replica = replica;
    }

    /// Records are missing that the cluster counts on here.
    boolean isMissing() {
        return isMissing;
    }

    /// The log takes nothing until it is reloaded.
    ///
    /// @param end what its files are believed to hold
    void onFailed(long end) {
        endWhenFailed = end;
    }

    /// The log is what its files hold.
    void onReloaded(long end, Assignment assignment) {
        boolean isShorter = end < endWhenFailed;
        endWhenFailed = UNKNOWN;
        if (isShorter && assignment.isReplicated() && isCountedOn(assignment)) {
            isMissing = true;
            epochToLeave = leads(assignment) ? assignment.leaderEpoch() : NO_EPOCH;
            ask();
        }
    }

    private boolean isCountedOn(Assignment assignment) {
        return leads(assignment) || assignment.isr().contains(context.nodeId());
    }

    private boolean leads(Assignment assignment) {
        return assignment.leader() == context.nodeId();
    }

    /// The metadata says something else.
    void assign(Assignment next) {
        if (!isMissing) {
            return;
        }
        if (leads(next) && epochToLeave == NO_EPOCH && !isHeard) {
            epochToLeave = next.leaderEpoch(); // elected for what it had: others may have it still
        }
        boolean leadsAnew = leads(next) && next.leaderEpoch() > epochToLeave;
        if (leadsAnew || !isCountedOn(next) || !next.isReplicated()) {
            isMissing = false;
        } else if (next.leader() >= 0) {
            ask();
        }
    }

    /// Asks again what was not answered.
    void tick(long nowMs) {
        if (isMissing && !isHeard && nowMs >= askAgainAtMs) {
            ask();
        }
    }

    private void ask() {
        if (isAsked) {
            return;
        }
        isAsked = true;
        isHeard = false;
        context.proposals().giveUp(replica, isDecided -> {
            isAsked = false;
            isHeard = isDecided;
            askAgainAtMs = context.clock().monotonicMs() + RETRY_MS;
        });
    }
}
