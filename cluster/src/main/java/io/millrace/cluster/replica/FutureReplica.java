package io.millrace.cluster.replica;

import io.millrace.broker.partition.FetchReply.DivergingEpoch;
import io.millrace.log.PartitionLog;
import io.millrace.log.epoch.EpochEnd;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicIdPartition;
import java.nio.ByteBuffer;

/// A log on its way to another directory of its node (KIP-113): the copy follows the log it is to replace as a follower
/// follows its leader, only that both are here. Who leads the partition makes no difference to it.
///
/// Epochs alone do not tell here what a disk has lost: a log without other replicas grows again under the same epoch.
/// So the copy never keeps what lies above the lowest end the log has had since they were together.
///
/// Owned by: the loop of the partition.
public final class FutureReplica {
    private static final FollowStep GO_ON = new FollowStep.UpToDate();
    private static final long NOT_CUT = Long.MAX_VALUE;

    private final PartitionLog copy;
    private final FollowerRole role;
    private final TopicIdPartition key;
    private long keepsBelow;

    /// @param keepsBelow the lowest end the log has had since there is a copy
    public FutureReplica(PartitionLog copy, long keepsBelow) {
        this.copy = copy;
        this.role = new FollowerRole(copy);
        this.key = new TopicIdPartition(copy.topicId(), copy.partition().partition());
        this.keepsBelow = keepsBelow;
    }

    public PartitionLog log() {
        return copy;
    }

    /// The log that is copied was cut, or brought back from its files: what it holds above its end is other data.
    ///
    /// @param end of that log
    public void keepBelow(long end) {
        keepsBelow = Math.min(keepsBelow, end);
    }

    /// How many offsets the copy lacks.
    public long lag(PartitionLog source) {
        return Math.max(0, source.endOffset() - Math.max(copy.endOffset(), source.startOffset()));
    }

    /// What has to be done before more is copied: [FollowStep.CutTo], [FollowStep.RestartAt], or nothing.
    public FollowStep look(PartitionLog source) {
        if (copy.endOffset() > keepsBelow) {
            return keepsBelow <= copy.startOffset()
                    ? new FollowStep.RestartAt(source.startOffset())
                    : new FollowStep.CutTo(keepsBelow);
        }
        keepsBelow = NOT_CUT;
        if (copy.endOffset() < source.startOffset() || copy.endOffset() > source.endOffset()) {
            return new FollowStep.RestartAt(source.startOffset());
        }
        return copy.latestEpoch() < 0 ? GO_ON : lookAtEpochs(source);
    }

    private FollowStep lookAtEpochs(PartitionLog source) {
        EpochEnd end = source.endOffsetOfEpoch(copy.latestEpoch());
        if (end.epoch() == copy.latestEpoch() && end.endOffset() >= copy.endOffset()) {
            return GO_ON;
        }
        if (end.endOffset() < 0 || source.latestEpoch() < 0) {
            return new FollowStep.RestartAt(source.startOffset()); // nothing is left there that could be compared
        }
        LeaderPart parting = new LeaderPart(
                key,
                ErrorKind.NONE,
                ByteBuffer.allocate(0),
                -1,
                source.startOffset(),
                new DivergingEpoch(end.epoch(), end.endOffset()));
        FollowStep step = role.take(parting, Lease.NONE, 0);
        return step instanceof FollowStep.Refused ? new FollowStep.RestartAt(source.startOffset()) : step;
    }

    /// Takes what was read of the log from the copy's end on, and its first offset.
    ///
    /// @param records whole batches, kept until they are written; perhaps none
    public FollowStep take(PartitionLog source, ByteBuffer records, long wallMs) {
        LeaderPart part = new LeaderPart(key, ErrorKind.NONE, records, source.endOffset(), source.startOffset(), null);
        return role.take(part, Lease.NONE, wallMs);
    }
}
