package io.millrace.cluster.replica;

import io.millrace.broker.catalog.TopicSettings.Durability;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.AppendWatcher;
import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchReply;
import io.millrace.broker.partition.LeaderHint;
import io.millrace.log.PartitionLog;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.AppendResult;
import io.millrace.log.batch.BatchCheck;
import io.millrace.log.disk.DamageException;
import io.millrace.log.epoch.EpochEnd;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicIdPartition;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A replica on this node: leads its partition, or follows the node that does. Appends, reads, and the high watermark
/// that separates what is safe from what is not.
///
/// Three ways to live, by what the metadata says: the only replica ([LeaderRole] and [FollowerRole] absent), the leader
/// of others, a follower.
///
/// Owned by: the loop of its log. The owner calls [#append] or [#follow], then flushes the log, then [#onFlushed()];
/// replies are given from there. Readers never see a batch above the high watermark, and while the partition is open it
/// falls only when the disk lost what it had taken, or a leader that was elected uncleanly cuts the log
/// ([#onReloaded()]).
public final class Partition {
    private static final int LEADER_EPOCH_UNSAID = -1;
    private static final long NO_OFFSET = -1;

    /// Told once how a deletion of records went.
    @FunctionalInterface
    public interface Deleted {
        /// @param lowWatermark the least of the first offsets, -1 when this is not the leader's to say
        void onDeleted(ErrorKind error, long lowWatermark);
    }

    private final PartitionLog log;
    private final ReplicaContext context;
    private final LogHealth health;
    private final LeaderSide leading;
    private final WaitingAppends waitingAppends = new WaitingAppends();
    private final WaitingDeletes waitingDeletes = new WaitingDeletes();
    private final WaitingReads waitingReads = new WaitingReads();
    private Assignment assignment;
    private @Nullable FollowerRole following;
    private long highWatermark;
    private boolean isFollowingHeld;

    /// @param checkpointedHighWatermark as the last run left it; counts only where others have the partition, too
    public Partition(PartitionLog log, ReplicaContext context, Assignment assignment, long checkpointedHighWatermark) {
        this.log = log;
        this.context = context;
        this.assignment = assignment;
        this.health = new LogHealth(log, context);
        this.leading = new LeaderSide(log, context);
        this.highWatermark = assignment.isReplicated()
                ? Math.clamp(checkpointedHighWatermark, log.startOffset(), log.endOffset())
                : safeOffset();
        takeRole();
        advanceHighWatermark();
    }

    public TopicPartition id() {
        return log.partition();
    }

    public TopicIdPartition key() {
        return new TopicIdPartition(log.topicId(), log.partition().partition());
    }

    public PartitionLog log() {
        return log;
    }

    public Assignment assignment() {
        return assignment;
    }

    public boolean isLeader() {
        return following == null;
    }

    public long highWatermark() {
        return highWatermark;
    }

    /// Without open transactions the last stable offset is the high watermark.
    public long lastStableOffset() {
        return highWatermark;
    }

    public boolean isDurable() {
        return assignment.settings().durability() == Durability.FSYNC;
    }

    /// Whether a consumer may read here from `offset`. While too few replicas are in sync for the high watermark to
    /// move, what is known to be committed is readable all the same, and who has read all of it waits for more: nobody
    /// knows how long that lasts.
    boolean isReadable(long offset) {
        return !leading.isUnsure(highWatermark) || assignment.isUnderMinInSync() && offset <= highWatermark;
    }

    /// Whether this replica may speak as what the metadata says it is: as the leader, or as in sync. It may not while
    /// its log lacks what others have of it.
    boolean isWhole() {
        return health.isWhole();
    }

    /// Somebody read `offset` and found something else than was written. Returns whether that was not known.
    public boolean onDamaged(long offset) {
        return health.onDamaged(offset, assignment);
    }

    /// What was to bring the log back, or to cut it, found that its files do not hold any more what was durable: that
    /// stays so however often it is tried. Returns whether nothing was known to be damaged.
    public boolean onUnrecoverable(DamageException damage) {
        return health.onUnrecoverable(damage, assignment);
    }

    /// Whether the log holds something that was never written there, as far as is known.
    public boolean isDamaged() {
        return health.isDamaged();
    }

    /// What is to be done to the log because it is damaged; null while it is not, or others count on it as it is.
    public @Nullable FollowStep repair() {
        return health.repair(assignment);
    }

    private void forgetDamageThatIsGone() {
        if (health.forgetDamageThatIsGone()) {
            readyIfAtRest(); // a follower that was silent because of it
        }
    }

    /// How far this replica's end lies behind what is known to be committed.
    public long offsetLag() {
        FollowerRole role = following;
        return role == null ? 0 : Math.max(0, role.leaderHighWatermark() - log.endOffset());
    }

    /// Lets go of memory that only a busy partition needs. Called now and then.
    public void idle() {
        waitingAppends.idle();
    }

    /// Whether time alone may change something here: an append that waits may time out, a follower be given up.
    public boolean isRestless() {
        return !waitingAppends.isEmpty()
                || !isWhole()
                || isOutOfSync()
                || isDamaged()
                || !waitingDeletes.isEmpty()
                || leading.isRestless();
    }

    /// Whether the leader does not count on this follower: until it does the follower asks again and again, for nobody
    /// else knows that it is still there.
    private boolean isOutOfSync() {
        return following != null
                && assignment.leader() >= 0
                && !assignment.isr().contains(context.nodeId());
    }

    private long nowMs() {
        return context.clock().monotonicMs();
    }

    /// The metadata changed: another leader, other replicas, another ISR, new settings. Not to be called while a
    /// truncation is out: the log's end is not known then.
    public void assign(Assignment next) {
        Assignment before = assignment;
        assignment = next;
        log.configure(next.settings().log());
        health.assignLost(next);
        takeRole();
        health.seekRepair(next);
        if (!isLeader()) {
            waitingAppends.fail(ErrorKind.NOT_LEADER, next.hint());
        } else if (next.isUnderMinInSync()) {
            waitingAppends.failUnsafe(ErrorKind.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
        }
        advanceHighWatermark();
        if (before.leader() != next.leader() || before.leaderEpoch() != next.leaderEpoch()) {
            wakeAllReads();
        }
        answerDeletes();
        readyIfAtRest();
    }

    private void takeRole() {
        leading.assign(assignment);
        if (assignment.leader() == context.nodeId()) {
            following = null;
        } else if (following == null) {
            following = new FollowerRole(log);
        }
    }

    /// Looks at batches before they are appended; what they need to be looked at is fixed now, the look itself may be
    /// taken by any thread.
    public ArrivingBatches arriving(ByteBuffer batches, AppendOrigin origin, long wallMs) {
        long unpackedBytesMax = assignment.settings().decompressedBytesMax();
        return new ArrivingBatches(id(), batches, origin, log.config(), unpackedBytesMax, wallMs);
    }

    /// Hands batches to the log. The reply is given now when the batches are refused, otherwise from [#onFlushed()] or
    /// [#tick()]; for [Acks#NONE] right away. An [AppendWatcher] hears at once where the only replica has placed them.
    ///
    /// @param check what was found when they were looked at
    public void append(
            ArrivingBatches batches,
            BatchCheck check,
            Lease lease,
            Acks acks,
            long deadlineMs,
            Consumer<AppendReply> reply) {
        if (!isLeader() || !isWhole()) {
            reply.accept(AppendReply.notLeader(isLeader() ? LeaderHint.NONE : assignment.hint()));
            return;
        }
        if (acks == Acks.ALL && assignment.isUnderMinInSync()) {
            reply.accept(WaitingAppends.notEnoughReplicas(id(), assignment));
            return;
        }
        AppendResult result = log.append(check, lease, batches.origin(), assignment.leaderEpoch(), batches.wallMs());
        if (result.error() != ErrorKind.NONE) {
            reply.accept(AppendReply.of(result));
            return;
        }
        if (reply instanceof AppendWatcher watcher && !assignment.isReplicated()) {
            watcher.onPlaced(result);
        }
        switch (acks) {
            case NONE -> reply.accept(AppendReply.of(result));
            case LEADER -> waitingAppends.untilWritten(log.writtenOffset(), result, deadlineMs, reply);
            case ALL -> waitingAppends.untilSafe(highWatermark, result, deadlineMs, reply);
        }
    }

    /// The log moved its written or durable offset: answer whom that satisfies and wake readers.
    public void onFlushed() {
        try {
            waitingAppends.onWritten(log.writtenOffset());
        } finally {
            leading.onWritten();
            advanceHighWatermark();
            readyIfAtRest();
        }
    }

    private void advanceHighWatermark() {
        long safe = highWatermarkMax();
        if (safe > highWatermark) {
            highWatermark = safe;
            try {
                waitingAppends.onSafe(safe);
            } finally {
                waitingReads.wake(safe);
                leading.wakeForNews();
            }
        }
    }

    private long highWatermarkMax() {
        FollowerRole follower = following;
        if (follower != null) {
            return Math.min(follower.leaderHighWatermark(), safeOffset());
        }
        if (assignment.isUnderMinInSync() || !isWhole()) {
            return highWatermark; // KIP-966: what fewer have may be lost with them
        }
        return leading.safeOffset(safeOffset());
    }

    private long safeOffset() {
        return isDurable() ? log.durableOffset() : log.writtenOffset();
    }

    /// The disk refused a flush: nobody who waits will get what they wait for.
    public void onStorageError() {
        health.onFailed();
        waitingAppends.fail(ErrorKind.STORAGE_ERROR, LeaderHint.NONE);
    }

    /// The log is what its files hold: it takes writes again after a storage error, or its end was cut off. The high
    /// watermark comes down to the log's end, so that no append is acknowledged before it is written, and waiting reads
    /// ask again. Returns how many records are lost that readers could see.
    public long onReloaded() {
        long lost = Math.max(0, highWatermark - log.endOffset());
        highWatermark = Math.clamp(highWatermark, log.startOffset(), log.endOffset());
        health.onReloaded(assignment);
        forgetDamageThatIsGone();
        leading.onLogCut();
        if (lost > 0 || !isWhole()) {
            wakeAllReads();
        }
        readyIfAtRest();
        return lost;
    }

    /// The partition leaves this node (deleted, or moved away): everybody gets `error`.
    public void close(ErrorKind error) {
        try {
            waitingAppends.fail(error, LeaderHint.NONE);
            waitingDeletes.fail(error);
        } finally {
            wakeAllReads();
        }
    }

    private void wakeAllReads() {
        waitingReads.wakeAll();
        leading.wakeFollowers();
    }

    /// Retention may have moved the log's first offset.
    public void onRetained() {
        leading.wakeForNews();
    }

    /// The controller has not been heard for so long that others may lead by now: whoever waits asks there, and asks
    /// soon. A client that is answered late has had later batches stored by the next leader, which then no longer knows
    /// that it has the earlier ones, too.
    public void onSilence() {
        waitingAppends.fail(ErrorKind.NOT_LEADER, LeaderHint.NONE);
    }

    /// Answers appends whose time is up, and does what time alone asks for.
    public void tick() {
        long nowMs = nowMs();
        try {
            waitingAppends.expire(nowMs);
        } finally {
            health.tickLost(nowMs);
            FollowerRole follower = following;
            if (follower != null && isOutOfSync()) {
                follower.askAgain();
            }
            answerDeletes();
            forgetDamageThatIsGone();
            health.seekRepair(assignment);
            if (leading.tick(nowMs)) {
                advanceHighWatermark();
            }
        }
    }

    /// Gives up followers that have lagged for too long. Called every few seconds.
    public void shrinkInSync() {
        leading.shrink();
    }

    /// NONE, or why somebody who believes in `leaderEpoch` must refresh their metadata (KIP-320).
    public ErrorKind checkLeaderEpoch(int leaderEpoch) {
        if (leaderEpoch == LEADER_EPOCH_UNSAID || leaderEpoch == assignment.leaderEpoch()) {
            return ErrorKind.NONE;
        }
        return leaderEpoch < assignment.leaderEpoch() ? ErrorKind.FENCED_LEADER_EPOCH : ErrorKind.UNKNOWN_LEADER_EPOCH;
    }

    /// NONE, or why this node does not speak for the partition.
    ///
    /// @param leaderEpoch what the asker believes in
    public ErrorKind checkLeader(int leaderEpoch) {
        ErrorKind fenced = checkLeaderEpoch(leaderEpoch);
        return fenced == ErrorKind.NONE && !(isLeader() && isWhole()) ? ErrorKind.NOT_LEADER : fenced;
    }

    /// As [#checkLeader], for who wants to know how far readers may read.
    public ErrorKind checkReadable(int leaderEpoch) {
        ErrorKind error = checkLeader(leaderEpoch);
        return error == ErrorKind.NONE && leading.isUnsure(highWatermark) ? ErrorKind.OFFSET_NOT_AVAILABLE : error;
    }

    /// Where an epoch ended in the leader's log (KIP-101, KIP-320).
    public EpochEnd endOfEpoch(int epoch) {
        return LeaderRole.endOfEpoch(log, assignment.leaderEpoch(), epoch);
    }

    /// Reads what the asker may see: a consumer up to the high watermark, a follower up to what is written. A
    /// follower's question is also its acknowledgement of everything below ([#acknowledge]).
    public ReadOutcome read(FetchQuery query, FetchQuery.Ask ask, int maxBytes, boolean minOneBatch) {
        return PartitionReads.read(this, query, ask, maxBytes, minOneBatch, true);
    }

    /// Reads for a follower that does not repeat its question: when there is nothing for it the question stays, and is
    /// told when that changes.
    ///
    /// @param isNew whether the follower has asked just now, and so acknowledges; otherwise the question is only looked
    ///     at again
    public ReadOutcome read(
            FetchQuery query,
            FetchQuery.Ask ask,
            int maxBytes,
            boolean minOneBatch,
            StandingRead question,
            boolean isNew) {
        FollowerProgress follower = leading.find(query.asker().nodeId());
        return PartitionReads.readStanding(this, follower, query, ask, maxBytes, minOneBatch, question, isNew);
    }

    /// A follower has everything below the offset it asks for, durably: it was found that its log is like this one up
    /// to there.
    void acknowledge(FetchQuery.Asker asker, FetchQuery.Ask ask) {
        FollowerProgress follower = leading.fetched(asker, ask);
        if (follower != null) {
            advanceHighWatermark();
            leading.onProgress(follower, highWatermark);
            answerDeletes();
        }
    }

    /// The follower a consumer is to read from instead of this leader (KIP-392), or [FetchReply.Part#NO_REPLICA].
    int nearerReplica(FetchQuery.Asker asker, long fetchOffset) {
        return leading.nearerReplica(asker, fetchOffset);
    }

    /// What limits how much of this leader's log the asker gets: followers only, while they are out of sync.
    Throttle throttleOf(FetchQuery.Asker asker) {
        return leading.throttleOf(asker);
    }

    /// What limits how much this follower asks for.
    private Throttle ownThrottle() {
        FollowerRole role = following;
        return role == null ? Throttle.NONE : role.throttle(assignment, context);
    }

    /// Whether it may have to wait before it asks for more.
    boolean isThrottled() {
        return ownThrottle() != Throttle.NONE;
    }

    /// Whether it has to wait before it asks for more.
    boolean isHeldBack() {
        return ownThrottle().isExceeded();
    }

    /// Whether the node has a replica, as far as is known here.
    boolean isReplica(int nodeId) {
        return assignment.replicas().contains(nodeId);
    }

    /// Calls `wake` once when a consumer finds data beyond `offset`, or when the partition closes.
    public ReadTicket await(long offset, Runnable wake) {
        return waitingReads.add(offset, wake);
    }

    /// Moves the first offset up (KIP-107), on this replica; -1 stands for the high watermark.
    public ErrorKind deleteRecords(long beforeOffset) {
        ErrorKind refused = checkReadable(LEADER_EPOCH_UNSAID);
        if (refused != ErrorKind.NONE) {
            return refused;
        }
        long target = beforeOffset == -1 ? highWatermark : beforeOffset;
        if (target < 0 || target > highWatermark) {
            return ErrorKind.OFFSET_OUT_OF_RANGE;
        }
        ErrorKind error = log.advanceStartOffset(target);
        leading.wakeForNews();
        return error;
    }

    /// Answers when every replica in sync has deleted what lies below `offset`, or when the time is up: nobody brings
    /// it back then.
    public void awaitDeleted(long offset, long deadlineMs, Deleted answer) {
        ErrorKind refused = checkLeader(LEADER_EPOCH_UNSAID);
        if (refused != ErrorKind.NONE) {
            answer.onDeleted(refused, NO_OFFSET);
            return;
        }
        waitingDeletes.add(offset, deadlineMs, answer);
        answerDeletes();
    }

    private void answerDeletes() {
        waitingDeletes.answer(isLeader(), leading, nowMs());
    }

    /// Where this follower goes on; null while it can not: it leads, nobody does, its log is not at rest, or waits to
    /// be repaired.
    public @Nullable FollowPosition followPosition() {
        boolean isFollowing = following != null && assignment.leader() >= 0;
        if (!isFollowing || !isWhole() || log.isFailed() || log.isBeingCut() || safeOffset() < log.endOffset()) {
            return null;
        }
        if (isFollowingHeld || health.isSilent(assignment)) {
            return null;
        }
        return new FollowPosition(assignment.leaderEpoch(), log.endOffset(), log.startOffset(), log.latestEpoch());
    }

    /// Whether what the leader sends from `offset` on continues this log: its end moves when the disk lost something.
    boolean continuesAt(long offset) {
        return isWhole() && !isFollowingHeld && !log.isBeingCut() && log.endOffset() == offset;
    }

    /// Keeps a follower from asking, and from taking what it has asked for, until its log has changed over to another
    /// disk.
    public void holdFollowing(boolean isHeld) {
        isFollowingHeld = isHeld;
        readyIfAtRest();
    }

    /// Calls `ready` whenever the log has come to rest after [FollowStep.Appended], a cut, or a storage error, and
    /// `toAskAgain` now and then while the leader does not count on this replica.
    public void whenFollower(Runnable ready, Runnable toAskAgain) {
        FollowerRole role = following;
        if (role != null) {
            role.when(ready, toAskAgain);
        }
    }

    private void readyIfAtRest() {
        FollowerRole role = following;
        if (role != null && followPosition() != null) {
            role.ready();
        }
    }

    /// Takes what the leader answered.
    ///
    /// @param lease the hold on the memory behind the records
    public FollowStep follow(LeaderPart part, Lease lease) {
        FollowerRole role = following;
        if (role == null) {
            return new FollowStep.Refused(ErrorKind.NOT_LEADER, "this node leads the partition itself");
        }
        ownThrottle().record(part.records().remaining());
        FollowStep step = role.take(part, lease, context.clock().wallMs());
        highWatermark = Math.max(highWatermark, log.startOffset()); // the leader deletes nothing above its own
        advanceHighWatermark();
        return step;
    }
}
