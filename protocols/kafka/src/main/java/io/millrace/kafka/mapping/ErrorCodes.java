package io.millrace.kafka.mapping;

import io.millrace.model.ErrorKind;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/// [ErrorKind] to Kafka's error codes.
public final class ErrorCodes {
    /// Most often NONE, which is the first.
    private static final List<ErrorKind> KINDS = List.of(ErrorKind.values());

    private ErrorCodes() {}

    /// What another node means by a code; [ErrorKind#UNKNOWN] for one that no kind of ours stands behind.
    public static ErrorKind kind(Errors error) {
        for (ErrorKind kind : KINDS) {
            if (of(kind) == error) {
                return kind;
            }
        }
        return ErrorKind.UNKNOWN;
    }

    public static short code(ErrorKind kind) {
        return of(kind).code();
    }

    public static Errors of(ErrorKind kind) {
        return switch (kind) {
            case NONE -> Errors.NONE;
            case UNKNOWN -> Errors.UNKNOWN_SERVER_ERROR;
            case UNKNOWN_TOPIC_OR_PARTITION -> Errors.UNKNOWN_TOPIC_OR_PARTITION;
            case UNKNOWN_TOPIC_ID -> Errors.UNKNOWN_TOPIC_ID;
            case INCONSISTENT_TOPIC_ID -> Errors.INCONSISTENT_TOPIC_ID;
            case LEADER_NOT_AVAILABLE -> Errors.LEADER_NOT_AVAILABLE;
            case NOT_LEADER -> Errors.NOT_LEADER_OR_FOLLOWER;
            case REPLICA_NOT_AVAILABLE -> Errors.REPLICA_NOT_AVAILABLE;
            case FENCED_LEADER_EPOCH -> Errors.FENCED_LEADER_EPOCH;
            case UNKNOWN_LEADER_EPOCH -> Errors.UNKNOWN_LEADER_EPOCH;
            case OFFSET_OUT_OF_RANGE -> Errors.OFFSET_OUT_OF_RANGE;
            case OFFSET_NOT_AVAILABLE -> Errors.OFFSET_NOT_AVAILABLE;
            case CORRUPT_MESSAGE -> Errors.CORRUPT_MESSAGE;
            case INVALID_RECORD -> Errors.INVALID_RECORD;
            case INVALID_TIMESTAMP -> Errors.INVALID_TIMESTAMP;
            case MESSAGE_TOO_LARGE -> Errors.MESSAGE_TOO_LARGE;
            case RECORD_LIST_TOO_LARGE -> Errors.RECORD_LIST_TOO_LARGE;
            case UNSUPPORTED_MESSAGE_FORMAT -> Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT;
            case UNSUPPORTED_COMPRESSION -> Errors.UNSUPPORTED_COMPRESSION_TYPE;
            case OUT_OF_ORDER_SEQUENCE -> Errors.OUT_OF_ORDER_SEQUENCE_NUMBER;
            case DUPLICATE_SEQUENCE -> Errors.DUPLICATE_SEQUENCE_NUMBER;
            case INVALID_PRODUCER_EPOCH -> Errors.INVALID_PRODUCER_EPOCH;
            case PRODUCER_FENCED -> Errors.PRODUCER_FENCED;
            case UNKNOWN_PRODUCER_ID -> Errors.UNKNOWN_PRODUCER_ID;
            case INVALID_TXN_STATE -> Errors.INVALID_TXN_STATE;
            case NOT_ENOUGH_REPLICAS -> Errors.NOT_ENOUGH_REPLICAS;
            case NOT_ENOUGH_REPLICAS_AFTER_APPEND -> Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND;
            case INVALID_REQUIRED_ACKS -> Errors.INVALID_REQUIRED_ACKS;
            case REQUEST_TIMED_OUT -> Errors.REQUEST_TIMED_OUT;
            case STORAGE_ERROR -> Errors.KAFKA_STORAGE_ERROR;
            case COORDINATOR_NOT_AVAILABLE -> Errors.COORDINATOR_NOT_AVAILABLE;
            case COORDINATOR_LOADING -> Errors.COORDINATOR_LOAD_IN_PROGRESS;
            case NOT_COORDINATOR -> Errors.NOT_COORDINATOR;
            case INVALID_GROUP_ID -> Errors.INVALID_GROUP_ID;
            case UNKNOWN_MEMBER -> Errors.UNKNOWN_MEMBER_ID;
            case MEMBER_ID_REQUIRED -> Errors.MEMBER_ID_REQUIRED;
            case ILLEGAL_GENERATION -> Errors.ILLEGAL_GENERATION;
            case INCONSISTENT_GROUP_PROTOCOL -> Errors.INCONSISTENT_GROUP_PROTOCOL;
            case INVALID_SESSION_TIMEOUT -> Errors.INVALID_SESSION_TIMEOUT;
            case REBALANCE_IN_PROGRESS -> Errors.REBALANCE_IN_PROGRESS;
            case FENCED_INSTANCE_ID -> Errors.FENCED_INSTANCE_ID;
            case GROUP_MAX_SIZE_REACHED -> Errors.GROUP_MAX_SIZE_REACHED;
            case GROUP_NOT_FOUND -> Errors.GROUP_ID_NOT_FOUND;
            case GROUP_NOT_EMPTY -> Errors.NON_EMPTY_GROUP;
            case GROUP_SUBSCRIBED_TO_TOPIC -> Errors.GROUP_SUBSCRIBED_TO_TOPIC;
            case OFFSET_METADATA_TOO_LARGE -> Errors.OFFSET_METADATA_TOO_LARGE;
            case INVALID_COMMIT_OFFSET_SIZE -> Errors.INVALID_COMMIT_OFFSET_SIZE;
            case UNSTABLE_OFFSET_COMMIT -> Errors.UNSTABLE_OFFSET_COMMIT;
            case LOG_DIRECTORY_NOT_FOUND -> Errors.LOG_DIR_NOT_FOUND;
            case INVALID_TOPIC -> Errors.INVALID_TOPIC_EXCEPTION;
            case TOPIC_ALREADY_EXISTS -> Errors.TOPIC_ALREADY_EXISTS;
            case INVALID_PARTITIONS -> Errors.INVALID_PARTITIONS;
            case INVALID_REPLICATION_FACTOR -> Errors.INVALID_REPLICATION_FACTOR;
            case INVALID_REPLICA_ASSIGNMENT -> Errors.INVALID_REPLICA_ASSIGNMENT;
            case INVALID_CONFIG -> Errors.INVALID_CONFIG;
            case INVALID_REQUEST -> Errors.INVALID_REQUEST;
            case INVALID_UPDATE_VERSION -> Errors.INVALID_UPDATE_VERSION;
            case UNSUPPORTED_VERSION -> Errors.UNSUPPORTED_VERSION;
            case NOT_CONTROLLER -> Errors.NOT_CONTROLLER;
            // Of the errors that fit, the one that clients do not try again after: who asks is to hear it at once.
            case NO_MAJORITY -> Errors.BROKER_NOT_AVAILABLE;
            case STALE_NODE_EPOCH -> Errors.STALE_BROKER_EPOCH;
            case NODE_NOT_REGISTERED -> Errors.BROKER_ID_NOT_REGISTERED;
            case INELIGIBLE_REPLICA -> Errors.INELIGIBLE_REPLICA;
            case PREFERRED_LEADER_NOT_AVAILABLE -> Errors.PREFERRED_LEADER_NOT_AVAILABLE;
            case ELIGIBLE_LEADERS_NOT_AVAILABLE -> Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE;
            case ELECTION_NOT_NEEDED -> Errors.ELECTION_NOT_NEEDED;
            case NO_REASSIGNMENT_IN_PROGRESS -> Errors.NO_REASSIGNMENT_IN_PROGRESS;
            case FEATURE_UPDATE_FAILED -> Errors.FEATURE_UPDATE_FAILED;
            case VOTER_NOT_FOUND -> Errors.VOTER_NOT_FOUND;
            case DUPLICATE_VOTER -> Errors.DUPLICATE_VOTER;
            case DUPLICATE_NODE_REGISTRATION -> Errors.DUPLICATE_BROKER_REGISTRATION;
            case INVALID_VOTER -> Errors.INVALID_VOTER_KEY;
            case POLICY_VIOLATION -> Errors.POLICY_VIOLATION;
            case THROTTLED -> Errors.THROTTLING_QUOTA_EXCEEDED;
            case TOPIC_DELETION_DISABLED -> Errors.TOPIC_DELETION_DISABLED;
            case FETCH_SESSION_NOT_FOUND -> Errors.FETCH_SESSION_ID_NOT_FOUND;
            case INVALID_FETCH_SESSION_EPOCH -> Errors.INVALID_FETCH_SESSION_EPOCH;
            case TOPIC_AUTHORIZATION_FAILED -> Errors.TOPIC_AUTHORIZATION_FAILED;
            case GROUP_AUTHORIZATION_FAILED -> Errors.GROUP_AUTHORIZATION_FAILED;
            case CLUSTER_AUTHORIZATION_FAILED -> Errors.CLUSTER_AUTHORIZATION_FAILED;
        };
    }
}
