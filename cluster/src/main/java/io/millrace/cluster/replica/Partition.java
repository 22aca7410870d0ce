package io.millrace.cluster.replica;

import io.millrace.broker.catalog.TopicSettings.Durability;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchReply.DivergingEpoch;
import io.millrace.broker.partition.LeaderHint;
import io.millrace.log.PartitionLog;
import io.millrace.log.ReadResult;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.AppendResult;
import io.millrace.log.batch.BatchCheck;
import io.millrace.log.epoch.EpochEnd;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A partition this node leads: appends, reads, and the high watermark that separates what is safe from what is not.
///
/// Owned by: the loop of its log. The owner calls [#append], then flushes the log, then [#onFlushed()]; replies are
/// given from there. Readers never see a batch above the high watermark, and while the partition is open it falls only
/// when the disk lost what it had taken ([#onRecovered()]).
public final class Partition {
    private static final int LEADER_EPOCH_UNSAID = -1;

    private final PartitionLog log;
    private final WaitingAcks waitingForWrite = new WaitingAcks();
    private final WaitingAcks waitingForHighWatermark = new WaitingAcks();
    private final WaitingReads waitingReads = new WaitingReads();
    private Leadership leadership;
    private long highWatermark;

    public Partition(PartitionLog log, Leadership leadership) {
        this.log = log;
        this.leadership = leadership;
        this.highWatermark = safeOffset();
    }

    public TopicPartition id() {
        return log.partition();
    }

    public PartitionLog log() {
        return log;
    }

    public long highWatermark() {
        return highWatermark;
    }

    /// Without open transactions the last stable offset is the high watermark.
    public long lastStableOffset() {
        return highWatermark;
    }

    public Leadership leadership() {
        return leadership;
    }

    public boolean isDurable() {
        return leadership.settings().durability() == Durability.FSYNC;
    }

    /// Lets go of memory that only a busy partition needs. Called now and then.
    public void idle() {
        waitingForWrite.idle();
        waitingForHighWatermark.idle();
    }

    /// Whether an append waits for an answer that may time out.
    public boolean hasWaitingAcks() {
        return !waitingForWrite.isEmpty() || !waitingForHighWatermark.isEmpty();
    }

    /// The metadata changed: new settings, a new epoch or another ISR.
    public void lead(Leadership next) {
        leadership = next;
        log.configure(next.settings().log());
        advanceHighWatermark();
    }

    /// Looks at batches before they are appended; what they need to be looked at is fixed now, the look itself may be
    /// taken by any thread.
    public ArrivingBatches arriving(ByteBuffer batches, AppendOrigin origin, long wallMs) {
        long unpackedBytesMax = leadership.settings().decompressedBytesMax();
        return new ArrivingBatches(id(), batches, origin, log.config(), unpackedBytesMax, wallMs);
    }

    /// Hands batches to the log. The reply is given now when the batches are refused, otherwise from [#onFlushed()] or
    /// [#expire(long)]; for [Acks#NONE] right away.
    ///
    /// @param check what was found when they were looked at
    public void append(
            ArrivingBatches batches,
            BatchCheck check,
            Lease lease,
            Acks acks,
            long deadlineMs,
            Consumer<AppendReply> reply) {
        if (acks == Acks.ALL && leadership.isrSize() < leadership.minInSyncReplicas()) {
            reply.accept(AppendReply.refused(
                    ErrorKind.NOT_ENOUGH_REPLICAS,
                    "The size of the current ISR " + leadership.isrSize()
                            + " is insufficient to satisfy the min.isr requirement of "
                            + leadership.minInSyncReplicas() + " for partition " + id()));
            return;
        }
        AppendResult result = log.append(check, lease, batches.origin(), leadership.leaderEpoch(), batches.wallMs());
        if (result.error() != ErrorKind.NONE) {
            reply.accept(AppendReply.of(result));
            return;
        }
        switch (acks) {
            case NONE -> reply.accept(AppendReply.of(result));
            case LEADER -> answerBeyond(log.writtenOffset(), waitingForWrite, result, deadlineMs, reply);
            case ALL -> answerBeyond(highWatermark, waitingForHighWatermark, result, deadlineMs, reply);
        }
    }

    private static void answerBeyond(
            long passedOffset, WaitingAcks waiting, AppendResult result, long deadlineMs, Consumer<AppendReply> reply) {
        if (result.nextOffset() <= passedOffset) {
            reply.accept(AppendReply.of(result)); // a duplicate of something that is safe already
        } else {
            waiting.add(result, deadlineMs, reply);
        }
    }

    /// The log moved its written or durable offset: answer whom that satisfies and wake readers.
    public void onFlushed() {
        try {
            waitingForWrite.release(log.writtenOffset());
        } finally {
            advanceHighWatermark();
        }
    }

    private void advanceHighWatermark() {
        long safe = safeOffset();
        if (safe > highWatermark) {
            highWatermark = safe;
            try {
                waitingForHighWatermark.release(safe);
            } finally {
                waitingReads.wake(safe);
            }
        }
    }

    private long safeOffset() {
        return isDurable() ? log.durableOffset() : log.writtenOffset();
    }

    /// The disk refused a flush: nobody who waits will get what they wait for.
    public void onStorageError() {
        failWaitingAcks(ErrorKind.STORAGE_ERROR);
    }

    /// The log takes writes again after a storage error. What only the page cache knew may be lost with it: then the
    /// high watermark comes down to the log's end, so that no append is acknowledged before it is written, and waiting
    /// reads ask again. Returns how many records are lost that readers could see.
    public long onRecovered() {
        long lost = highWatermark - log.endOffset();
        if (lost <= 0) {
            return 0;
        }
        highWatermark = log.endOffset();
        waitingReads.wakeAll();
        return lost;
    }

    /// The partition leaves this node (deleted, or led elsewhere): everybody gets `error`.
    public void close(ErrorKind error) {
        try {
            failWaitingAcks(error);
        } finally {
            waitingReads.wakeAll();
        }
    }

    private void failWaitingAcks(ErrorKind error) {
        try {
            waitingForWrite.fail(error, LeaderHint.NONE);
        } finally {
            waitingForHighWatermark.fail(error, LeaderHint.NONE);
        }
    }

    /// Answers appends whose time is up.
    public void expire(long monotonicMs) {
        try {
            waitingForWrite.expire(monotonicMs);
        } finally {
            waitingForHighWatermark.expire(monotonicMs);
        }
    }

    /// NONE, or why a client that believes in `leaderEpoch` must refresh its metadata (KIP-320).
    public ErrorKind checkLeaderEpoch(int leaderEpoch) {
        if (leaderEpoch == LEADER_EPOCH_UNSAID || leaderEpoch == leadership.leaderEpoch()) {
            return ErrorKind.NONE;
        }
        return leaderEpoch < leadership.leaderEpoch() ? ErrorKind.FENCED_LEADER_EPOCH : ErrorKind.UNKNOWN_LEADER_EPOCH;
    }

    /// Reads what the asker may see: a consumer up to the high watermark, a follower up to what is written.
    public ReadOutcome read(FetchQuery query, FetchQuery.Ask ask, int maxBytes, boolean minOneBatch) {
        ErrorKind fenced = checkLeaderEpoch(ask.currentLeaderEpoch());
        if (fenced != ErrorKind.NONE) {
            return ReadOutcome.refused(fenced);
        }
        if (ask.lastFetchedEpoch() >= 0) {
            EpochEnd end = log.endOffsetOfEpoch(ask.lastFetchedEpoch());
            if (end.epoch() < ask.lastFetchedEpoch() || end.endOffset() < ask.fetchOffset()) {
                return outcome(null, new DivergingEpoch(end.epoch(), end.endOffset()));
            }
        }
        if (ask.fetchOffset() < log.startOffset() || ask.fetchOffset() > log.endOffset()) {
            return new ReadOutcome(
                    ErrorKind.OFFSET_OUT_OF_RANGE, null, highWatermark, lastStableOffset(), log.startOffset(), null);
        }
        long belowOffset = visibleBelow(query);
        if (ask.fetchOffset() >= belowOffset || maxBytes <= 0 && !minOneBatch) {
            return outcome(null, null);
        }
        return outcome(log.read(ask.fetchOffset(), belowOffset, maxBytes, minOneBatch), null);
    }

    private long visibleBelow(FetchQuery query) {
        if (query.replicaId() >= 0) {
            return log.writtenOffset();
        }
        return query.readCommitted() ? lastStableOffset() : highWatermark;
    }

    private ReadOutcome outcome(@Nullable ReadResult bytes, @Nullable DivergingEpoch divergingEpoch) {
        if (bytes instanceof ReadResult.Refused refused) {
            return ReadOutcome.refused(refused.error());
        }
        return new ReadOutcome(
                ErrorKind.NONE, bytes, highWatermark, lastStableOffset(), log.startOffset(), divergingEpoch);
    }

    /// Calls `wake` once when data beyond `offset` can be read, or when the partition closes.
    public ReadTicket await(long offset, Runnable wake) {
        return waitingReads.add(offset, wake);
    }

    /// Moves the first offset up (KIP-107); -1 stands for the high watermark.
    public ErrorKind deleteRecords(long beforeOffset) {
        long target = beforeOffset == -1 ? highWatermark : beforeOffset;
        if (target < 0 || target > highWatermark) {
            return ErrorKind.OFFSET_OUT_OF_RANGE;
        }
        return log.advanceStartOffset(target);
    }
}
