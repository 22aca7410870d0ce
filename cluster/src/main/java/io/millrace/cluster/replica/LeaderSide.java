package io.millrace.cluster.replica;

import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchReply;
import io.millrace.log.PartitionLog;
import org.jspecify.annotations.Nullable;

/// The leader's side of a replica: a [LeaderRole] while it leads others, nothing while it follows or is alone.
///
/// Owned by: the loop of its [Partition].
final class LeaderSide {
    private final PartitionLog log;
    private final ReplicaContext context;
    private @Nullable LeaderRole role;

    LeaderSide(PartitionLog log, ReplicaContext context) {
        this.log = log;
        this.context = context;
    }

    private long nowMs() {
        return context.clock().monotonicMs();
    }

    /// Takes the role up, goes on with it, or lays it down, as the metadata says.
    void assign(Assignment assignment) {
        LeaderRole before = role;
        boolean isLedWithOthers = assignment.leader() == context.nodeId() && assignment.isReplicated();
        if (isLedWithOthers && before != null && before.epoch() == assignment.leaderEpoch()) {
            before.assign(assignment, nowMs());
            return;
        }
        role = isLedWithOthers ? new LeaderRole(log, context, assignment) : null;
        if (before != null) {
            before.wakeFollowers();
        }
    }

    /// Whether a new leader has not heard yet how far the last one had committed: until then it does not say how far
    /// readers may read, so that nobody sees the high watermark fall.
    boolean isUnsure(long highWatermark) {
        LeaderRole leading = role;
        return leading != null && highWatermark < leading.epochStart();
    }

    /// How far the high watermark may go.
    ///
    /// @param own as far as this replica alone is concerned
    long safeOffset(long own) {
        LeaderRole leading = role;
        return leading == null ? own : leading.safeOffset(own, nowMs());
    }

    /// No replica in sync has anything below (KIP-107).
    long lowWatermark() {
        LeaderRole leading = role;
        return leading == null ? log.startOffset() : leading.lowWatermark();
    }

    boolean isRestless() {
        LeaderRole leading = role;
        return leading != null && leading.isRestless(nowMs());
    }

    void onWritten() {
        LeaderRole leading = role;
        if (leading != null) {
            leading.onWritten(nowMs());
        }
    }

    void onLogCut() {
        LeaderRole leading = role;
        if (leading != null) {
            leading.onLogCut();
        }
    }

    void wakeFollowers() {
        LeaderRole leading = role;
        if (leading != null) {
            leading.wakeFollowers();
        }
    }

    /// What is not worth an answer of its own has changed: the high watermark, or the log's first offset.
    void wakeForNews() {
        LeaderRole leading = role;
        if (leading != null) {
            leading.wakeForNews(nowMs());
        }
    }

    /// Returns whether it leads others.
    boolean tick(long nowMs) {
        LeaderRole leading = role;
        if (leading != null) {
            leading.tick(nowMs);
        }
        return leading != null;
    }

    void shrink() {
        LeaderRole leading = role;
        if (leading != null) {
            leading.shrink(nowMs());
        }
    }

    /// @return the follower's place, or null when the node has no replica that is led from here
    @Nullable
    FollowerProgress find(int nodeId) {
        LeaderRole leading = role;
        return leading == null ? null : leading.find(nodeId);
    }

    /// A follower has everything below the offset it asks for, durably. Returns it when that is news, else null.
    @Nullable
    FollowerProgress fetched(FetchQuery.Asker asker, FetchQuery.Ask ask) {
        FollowerProgress follower = find(asker.nodeId());
        boolean isNews = follower != null
                && follower.fetched(
                        asker.nodeEpoch(), ask.fetchOffset(), ask.logStartOffset(), log.writtenOffset(), nowMs());
        return isNews ? follower : null;
    }

    /// It may join the in-sync set, or turn out not to have what is committed.
    void onProgress(FollowerProgress follower, long highWatermark) {
        LeaderRole leading = role;
        if (leading != null) {
            leading.onProgress(follower, highWatermark, nowMs());
        }
    }

    /// The follower a consumer is to read from instead of this leader (KIP-392), or [FetchReply.Part#NO_REPLICA].
    int nearerReplica(FetchQuery.Asker asker, long fetchOffset) {
        LeaderRole leading = role;
        return leading == null || asker.isFollower() || asker.rack().isEmpty()
                ? FetchReply.Part.NO_REPLICA
                : leading.nearerReplica(asker.rack(), fetchOffset, nowMs());
    }

    /// What limits how much of this leader's log the asker gets: followers only, while they are out of sync.
    Throttle throttleOf(FetchQuery.Asker asker) {
        LeaderRole leading = role;
        return leading == null || !asker.isFollower() ? Throttle.NONE : leading.throttleOf(asker.nodeId());
    }
}
