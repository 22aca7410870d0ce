package io.millrace.broker.group;

import io.millrace.model.ErrorKind;

/// What a client of a group hears when the offsets topic could not be written, so that it does the right thing: look
/// for the coordinator again, try again, or give up.
final class WriteErrors {
    private WriteErrors() {}

    /// For Join, Sync and the like.
    static ErrorKind ofGroup(ErrorKind error) {
        return switch (error) {
            case UNKNOWN_TOPIC_OR_PARTITION,
                    NOT_ENOUGH_REPLICAS,
                    NOT_ENOUGH_REPLICAS_AFTER_APPEND,
                    REQUEST_TIMED_OUT,
                    LEADER_NOT_AVAILABLE -> ErrorKind.COORDINATOR_NOT_AVAILABLE;
            case NOT_LEADER, FENCED_LEADER_EPOCH, STORAGE_ERROR -> ErrorKind.NOT_COORDINATOR;
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE -> ErrorKind.UNKNOWN;
            default -> error;
        };
    }

    /// For commits, which have an error of their own for what is too large.
    static ErrorKind ofCommit(ErrorKind error) {
        return switch (error) {
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE -> ErrorKind.INVALID_COMMIT_OFFSET_SIZE;
            default -> ofGroup(error);
        };
    }
}
