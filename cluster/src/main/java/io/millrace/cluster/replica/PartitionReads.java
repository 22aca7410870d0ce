package io.millrace.cluster.replica;

import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchQuery.Ask;
import io.millrace.broker.partition.FetchQuery.Asker;
import io.millrace.broker.partition.FetchReply.DivergingEpoch;
import io.millrace.broker.partition.FetchReply.Part;
import io.millrace.log.PartitionLog;
import io.millrace.log.ReadResult;
import io.millrace.log.epoch.EpochEnd;
import io.millrace.model.ErrorKind;
import org.jspecify.annotations.Nullable;

/// Who may read what of a partition: consumers up to the high watermark, from the leader or (KIP-392) a follower;
/// followers up to what is written, from the leader.
///
/// Owned by: the loop of the partition.
final class PartitionReads {
    private PartitionReads() {}

    /// @param isNew whether a follower says with the question what it has
    static ReadOutcome read(
            Partition partition, FetchQuery query, Ask ask, int maxBytes, boolean minOneBatch, boolean isNew) {
        ErrorKind refused = refuse(partition, query.asker(), ask);
        if (refused != ErrorKind.NONE) {
            return ReadOutcome.refused(refused);
        }
        PartitionLog log = partition.log();
        DivergingEpoch diverging = diverging(partition, ask);
        if (diverging != null && diverging.endOffset() >= 0) {
            return outcome(partition, null, diverging);
        }
        boolean isOutside = ask.fetchOffset() < log.startOffset() || ask.fetchOffset() > log.endOffset();
        if (diverging != null || isOutside || isAllDeleted(query.asker(), ask, log)) {
            return new ReadOutcome(
                    ErrorKind.OFFSET_OUT_OF_RANGE,
                    null,
                    partition.highWatermark(),
                    partition.lastStableOffset(),
                    log.startOffset(),
                    null,
                    Part.NO_REPLICA);
        }
        if (query.asker().isFollower()) {
            if (isNew) {
                partition.acknowledge(query.asker(), ask);
            }
        } else if (ask.fetchOffset() > partition.highWatermark() && isBehindItsLeader(partition)) {
            return ReadOutcome.refused(ErrorKind.OFFSET_NOT_AVAILABLE);
        }
        int nearer = partition.nearerReplica(query.asker(), ask.fetchOffset());
        if (nearer != Part.NO_REPLICA) {
            return outcome(partition, null, null, nearer);
        }
        long belowOffset = visibleBelow(partition, query);
        if (ask.fetchOffset() >= belowOffset || maxBytes <= 0 && !minOneBatch) {
            return outcome(partition, null, null);
        }
        Throttle throttle = partition.throttleOf(query.asker());
        if (throttle.isExceeded()) {
            return outcome(partition, null, null);
        }
        ReadResult bytes = log.read(ask.fetchOffset(), belowOffset, maxBytes, minOneBatch);
        return outcome(partition, MeteredRead.meter(bytes, throttle), null);
    }

    /// As [#read], for a follower that does not repeat its question: it stays when there is nothing.
    ///
    /// @param follower null when it has no place here
    static ReadOutcome readStanding(
            Partition partition,
            @Nullable FollowerProgress follower,
            FetchQuery query,
            Ask ask,
            int maxBytes,
            boolean minOneBatch,
            StandingRead question,
            boolean isNew) {
        if (isNew && follower != null) {
            follower.asks(question);
        }
        ReadOutcome outcome = read(partition, query, ask, maxBytes, minOneBatch, isNew);
        if (!outcome.isNothing()) {
            return outcome;
        }
        // Others have filled the answer, or a throttle.
        boolean hasMore = ask.fetchOffset() < partition.log().writtenOffset();
        if (follower == null || !follower.keep(question, hasMore)) {
            return ReadOutcome.refused(ErrorKind.UNKNOWN_LEADER_EPOCH); // the follower has asked something else since
        }
        return outcome;
    }

    private static ErrorKind refuse(Partition partition, Asker asker, Ask ask) {
        ErrorKind fenced = partition.checkLeaderEpoch(ask.currentLeaderEpoch());
        if (fenced != ErrorKind.NONE) {
            return fenced;
        }
        if (!partition.isLeader()) {
            return asker.mayReadFollower() ? ErrorKind.NONE : ErrorKind.NOT_LEADER;
        }
        if (!partition.isWhole()) {
            return ErrorKind.NOT_LEADER;
        }
        if (asker.isFollower()) {
            // A replica that the metadata here does not know: one of the two is behind.
            return partition.isReplica(asker.nodeId()) ? ErrorKind.NONE : ErrorKind.UNKNOWN_LEADER_EPOCH;
        }
        return partition.isReadable(ask.fetchOffset()) ? ErrorKind.NONE : ErrorKind.OFFSET_NOT_AVAILABLE;
    }

    /// A consumer that has read further elsewhere: what it asks for exists, it is only not known here to be safe.
    private static boolean isBehindItsLeader(Partition partition) {
        return !partition.isLeader();
    }

    /// Whether nothing of what a follower has is left here: then nobody can tell any more whether it was the same, and
    /// it counts for nothing until the follower has begun anew.
    private static boolean isAllDeleted(Asker asker, Ask ask, PartitionLog log) {
        return asker.isFollower() && ask.fetchOffset() <= log.startOffset() && ask.logStartOffset() < ask.fetchOffset();
    }

    private static @Nullable DivergingEpoch diverging(Partition partition, Ask ask) {
        if (ask.lastFetchedEpoch() < 0) {
            return null;
        }
        EpochEnd end = partition.endOfEpoch(ask.lastFetchedEpoch());
        return end.epoch() < ask.lastFetchedEpoch() || end.endOffset() < ask.fetchOffset()
                ? new DivergingEpoch(end.epoch(), end.endOffset())
                : null;
    }

    private static long visibleBelow(Partition partition, FetchQuery query) {
        if (query.asker().isFollower()) {
            return partition.log().writtenOffset();
        }
        return query.readCommitted() ? partition.lastStableOffset() : partition.highWatermark();
    }

    private static ReadOutcome outcome(
            Partition partition, @Nullable ReadResult bytes, @Nullable DivergingEpoch divergingEpoch) {
        return outcome(partition, bytes, divergingEpoch, Part.NO_REPLICA);
    }

    private static ReadOutcome outcome(
            Partition partition, @Nullable ReadResult bytes, @Nullable DivergingEpoch divergingEpoch, int nearer) {
        if (bytes instanceof ReadResult.Refused refused) {
            return ReadOutcome.refused(refused.error());
        }
        return new ReadOutcome(
                ErrorKind.NONE,
                bytes,
                partition.highWatermark(),
                partition.lastStableOffset(),
                partition.log().startOffset(),
                divergingEpoch,
                nearer);
    }
}
