package io.millrace.cluster.replica;

import io.millrace.broker.partition.FetchReply.Part;
import io.millrace.log.PartitionLog;
import io.millrace.log.epoch.EpochEnd;
import org.jspecify.annotations.Nullable;

/// What a leader with followers keeps for one leadership: where it began, and how far its followers are.
///
/// Owned by: the loop of its [Partition].
final class LeaderRole {
    /// A consumer reads from a follower for its `metadata.max.age.ms`, five minutes unless told otherwise, and asks
    /// here again.
    private static final long READS_ELSEWHERE_MS = 6 * 60_000;

    private final PartitionLog log;
    private final ReplicaContext context;
    private final InSyncSet inSync;
    private final int epoch;
    private long epochStart;
    private long readersElsewhereUntilMs;
    private boolean isThrottled;
    /// How far followers could read when they were told last.
    private long toldEnd;

    /// The leadership begins at the log's end.
    LeaderRole(PartitionLog log, ReplicaContext context, Assignment assignment) {
        this.log = log;
        this.context = context;
        this.readersElsewhereUntilMs = context.clock().monotonicMs();
        this.epoch = assignment.leaderEpoch();
        this.epochStart = log.endOffset();
        this.toldEnd = log.writtenOffset();
        this.inSync = new InSyncSet(
                context,
                log.partition(),
                log.topicId(),
                assignment,
                context.clock().monotonicMs());
        this.isThrottled = isThrottled(assignment);
    }

    private boolean isThrottled(Assignment assignment) {
        return assignment.settings().leaderThrottled().contains(log.partition().partition(), context.nodeId());
    }

    int epoch() {
        return epoch;
    }

    /// The first offset of this leadership. Below, and not below the high watermark, lies what an earlier leader may
    /// have committed.
    long epochStart() {
        return epochStart;
    }

    /// The disk refused what this node had taken over as a follower and not written yet: it is gone.
    void onLogCut() {
        epochStart = Math.min(epochStart, log.endOffset());
        toldEnd = Math.min(toldEnd, log.endOffset());
        inSync.followers().forEach(follower -> follower.cutAt(log.endOffset()));
    }

    void assign(Assignment next, long nowMs) {
        inSync.assign(next, nowMs);
        isThrottled = isThrottled(next);
    }

    /// How far the high watermark may go.
    long safeOffset(long own, long nowMs) {
        return inSync.safeOffset(own, log.writtenOffset(), nowMs);
    }

    /// No replica in sync has anything below (KIP-107).
    long lowWatermark() {
        return inSync.lowWatermark(log.startOffset());
    }

    /// @return the follower's place, or null when the node has no replica, as far as is known here
    @Nullable
    FollowerProgress find(int nodeId) {
        return inSync.find(nodeId);
    }

    /// A follower has fetched: it may join, or turn out not to have what is committed.
    void onProgress(FollowerProgress follower, long highWatermark, long nowMs) {
        inSync.expand(follower, Math.max(highWatermark, epochStart), nowMs);
        inSync.expel(follower, highWatermark, nowMs);
    }

    /// The follower a consumer is to read from instead, or [Part#NO_REPLICA].
    int nearerReplica(String rack, long fetchOffset, long nowMs) {
        FollowerProgress nearest = NearestReplica.find(context, inSync.followers(), rack, fetchOffset);
        if (nearest == null) {
            return Part.NO_REPLICA;
        }
        readersElsewhereUntilMs = nowMs + READS_ELSEWHERE_MS;
        return nearest.nodeId();
    }

    /// What limits how much the node gets: nothing does for those the high watermark waits for.
    Throttle throttleOf(int nodeId) {
        FollowerProgress follower = isThrottled ? inSync.find(nodeId) : null;
        return follower == null
                        || inSync.holdsBack(
                                follower, log.writtenOffset(), context.clock().monotonicMs())
                ? Throttle.NONE
                : context.throttles().leader();
    }

    /// There may be more for followers to read.
    void onWritten(long nowMs) {
        if (log.writtenOffset() > toldEnd) {
            inSync.onGrown(toldEnd, nowMs);
            toldEnd = log.writtenOffset();
            wakeFollowers();
        }
    }

    /// Whoever waits has another answer to get: there is more, or this leadership is over.
    void wakeFollowers() {
        inSync.followers().forEach(FollowerProgress::wake);
    }

    /// The high watermark or the log's start has moved. Followers hear of it at once where consumers read there.
    void wakeForNews(long nowMs) {
        boolean isAwaited = nowMs < readersElsewhereUntilMs;
        inSync.followers().forEach(follower -> follower.wakeForNews(isAwaited));
    }

    void tick(long nowMs) {
        inSync.tick(nowMs);
        shrink(nowMs); // who waits for an append is to go on as soon as it may
    }

    void shrink(long nowMs) {
        inSync.shrink(log.writtenOffset(), nowMs);
    }

    boolean isRestless(long nowMs) {
        return inSync.isRestless(log.writtenOffset(), nowMs);
    }

    /// Where `epoch` ended here. Epochs between the last batch's and this leadership's ended with the log; that keeps a
    /// follower honest that has batches of a leader nobody else heard of.
    static EpochEnd endOfEpoch(PartitionLog log, int leaderEpoch, int epoch) {
        if (epoch <= log.latestEpoch() || epoch > leaderEpoch) {
            return log.endOffsetOfEpoch(epoch);
        }
        int found = epoch == leaderEpoch || log.latestEpoch() < 0 ? epoch : log.latestEpoch();
        return new EpochEnd(found, log.endOffset());
    }
}
