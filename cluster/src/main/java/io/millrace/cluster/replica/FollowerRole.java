package io.millrace.cluster.replica;

import io.millrace.broker.partition.FetchReply.DivergingEpoch;
import io.millrace.log.PartitionLog;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.AppendResult;
import io.millrace.log.batch.BatchCheck;
import io.millrace.log.batch.BatchHeader;
import io.millrace.log.batch.BatchValidator;
import io.millrace.log.epoch.EpochEnd;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import java.nio.ByteBuffer;
import java.util.Optional;

/// A replica that copies its leader's log, byte for byte: takes what the leader sends, and finds out what of its own
/// has to go.
///
/// Owned by: the loop of its [Partition].
final class FollowerRole {
    private static final FollowStep UP_TO_DATE = new FollowStep.UpToDate();
    private static final FollowStep APPENDED = new FollowStep.Appended();
    private static final FollowStep CUT_OFF =
            new FollowStep.Refused(ErrorKind.CORRUPT_MESSAGE, "not one whole batch was sent");

    private final PartitionLog log;
    private long leaderHighWatermark = -1;
    private Runnable whenReady = () -> {};
    private Runnable whenToAskAgain = () -> {};

    FollowerRole(PartitionLog log) {
        this.log = log;
    }

    /// The leader's high watermark as told last, -1 before that.
    long leaderHighWatermark() {
        return leaderHighWatermark;
    }

    /// Whether it lacks something that is committed; also while it has not heard how far that is. Who is not behind may
    /// be waited for already.
    boolean isBehind() {
        return log.endOffset() < leaderHighWatermark || leaderHighWatermark < 0;
    }

    /// What limits how much it asks for, while nobody counts on it.
    Throttle throttle(Assignment assignment, ReplicaContext context) {
        int partition = log.partition().partition();
        boolean isThrottled = assignment.settings().followerThrottled().contains(partition, context.nodeId())
                && !assignment.isr().contains(context.nodeId())
                && isBehind();
        return isThrottled ? context.throttles().follower() : Throttle.NONE;
    }

    void when(Runnable ready, Runnable toAskAgain) {
        whenReady = ready;
        whenToAskAgain = toAskAgain;
    }

    /// The log has come to rest: who fetches for it may go on.
    void ready() {
        whenReady.run();
    }

    /// The leader does not count on this replica: it is to hear again that it is there.
    void askAgain() {
        whenToAskAgain.run();
    }

    /// @param lease the hold on the memory behind the records
    FollowStep take(LeaderPart part, Lease lease, long wallMs) {
        if (part.error() == ErrorKind.OFFSET_OUT_OF_RANGE) {
            return onOutOfRange(part);
        }
        DivergingEpoch diverging = part.divergingEpoch();
        if (diverging != null) {
            return cut(diverging, part.startOffset());
        }
        FollowStep step = part.records().hasRemaining() ? append(part.records(), lease, wallMs) : UP_TO_DATE;
        if (step == UP_TO_DATE || step == APPENDED) {
            leaderHighWatermark = part.highWatermark();
            log.advanceStartOffset(Math.min(part.startOffset(), log.writtenOffset()));
        }
        return step;
    }

    /// The leader's log begins at or above this one's end, or ends below its beginning.
    private FollowStep onOutOfRange(LeaderPart part) {
        boolean isBehind = log.endOffset() <= part.startOffset();
        boolean isEmpty = log.startOffset() == log.endOffset();
        return part.startOffset() >= 0 && (isBehind || isEmpty)
                ? new FollowStep.RestartAt(part.startOffset())
                : new FollowStep.Refused(ErrorKind.OFFSET_OUT_OF_RANGE, "the leader's log does not reach this one's");
    }

    /// KIP-101: goes back to the end of the last epoch both have, as far as this log knows it; should the logs part
    /// still earlier, the next answer says so.
    private FollowStep cut(DivergingEpoch leader, long leaderStart) {
        EpochEnd own = log.endOffsetOfEpoch(leader.epoch());
        long ownEnd = own.endOffset() < 0 ? log.endOffset() : own.endOffset();
        long offset = Math.min(ownEnd, leader.endOffset());
        if (offset >= log.endOffset()) {
            String why = "told to part at epoch %d, offset %d, where this log goes on"
                    .formatted(leader.epoch(), leader.endOffset());
            return new FollowStep.Refused(ErrorKind.UNKNOWN, why);
        }
        return offset < log.startOffset()
                ? new FollowStep.RestartAt(Math.max(offset, leaderStart))
                : new FollowStep.CutTo(offset);
    }

    private FollowStep append(ByteBuffer records, Lease lease, long wallMs) {
        ByteBuffer batches = records.slice();
        Optional<FollowStep> misfit = skipToEnd(batches);
        if (misfit.isPresent()) {
            return misfit.get();
        }
        boolean isAppended = false;
        while (batches.hasRemaining()) {
            ByteBuffer run = nextRun(batches);
            if (!run.hasRemaining()) {
                return isAppended ? APPENDED : CUT_OFF;
            }
            BatchCheck check = BatchValidator.validate(
                    log.partition(), run, AppendOrigin.LEADER, log.config(), Long.MAX_VALUE, wallMs);
            AppendResult result = log.append(check, lease, AppendOrigin.LEADER, -1, wallMs);
            if (result.error() != ErrorKind.NONE) {
                return isAppended ? APPENDED : new FollowStep.Refused(result.error(), result.message());
            }
            isAppended = true;
        }
        return isAppended ? APPENDED : UP_TO_DATE;
    }

    /// Steps over batches that are here already. The leader answers with whole batches, so that the first may begin
    /// below what was asked for: where its log's start lies inside a batch, a follower's log begins with that batch.
    private Optional<FollowStep> skipToEnd(ByteBuffer batches) {
        while (BatchHeader.isWhole(batches, batches.position(), batches.limit())) {
            int at = batches.position();
            long baseOffset = BatchHeader.baseOffset(batches, at);
            if (baseOffset >= log.endOffset()) {
                return Optional.empty();
            }
            if (BatchHeader.lastOffset(batches, at) >= log.endOffset()) {
                return log.startOffset() == log.endOffset()
                        ? Optional.of(new FollowStep.RestartAt(baseOffset))
                        : Optional.of(new FollowStep.Refused(
                                ErrorKind.INVALID_RECORD,
                                "a batch from " + baseOffset + " on overlaps this log's end"));
            }
            batches.position(at + BatchHeader.sizeInBytes(batches, at));
        }
        return Optional.empty();
    }

    /// Takes as many whole batches as go into one segment.
    private ByteBuffer nextRun(ByteBuffer batches) {
        int start = batches.position();
        int end = start;
        long firstOffset = -1;
        while (BatchHeader.isWhole(batches, end, batches.limit())) {
            int next = end + BatchHeader.sizeInBytes(batches, end);
            firstOffset = end == start ? BatchHeader.baseOffset(batches, end) : firstOffset;
            boolean isTooMuch = next - start > log.config().segmentBytes()
                    || BatchHeader.lastOffset(batches, end) - firstOffset > Integer.MAX_VALUE;
            if (end > start && isTooMuch) {
                break;
            }
            end = next;
        }
        batches.position(end);
        return batches.slice(start, end - start);
    }
}
