package io.millrace.broker.partition;

import io.millrace.log.batch.AppendResult;
import io.millrace.model.ErrorKind;
import java.util.List;

/// The answer to an append, given when its [Acks] are satisfied.
///
/// @param result what the log said; its error may be overridden by what happened afterwards (a timeout, a lost
/// leadership)
/// @param leader the current leader when the error is NOT_LEADER or FENCED_LEADER_EPOCH (KIP-951), otherwise
/// [LeaderHint#NONE]
public record AppendReply(AppendResult result, LeaderHint leader) {
    public static AppendReply of(AppendResult result) {
        return new AppendReply(result, LeaderHint.NONE);
    }

    public static AppendReply refused(ErrorKind error, String message) {
        return of(AppendResult.refused(error, -1, message));
    }

    /// This node does not lead the partition.
    public static AppendReply notLeader(LeaderHint leader) {
        return new AppendReply(AppendResult.refused(ErrorKind.NOT_LEADER, -1, ""), leader);
    }

    public ErrorKind error() {
        return result.error();
    }

    public List<AppendResult.RecordError> recordErrors() {
        return result.recordErrors();
    }
}
