package io.millrace.cluster.replica;

import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.util.List;

/// A change of the set of in-sync replicas as a leader would like it (AlterPartition, KIP-497, KIP-903).
///
/// @param leaderEpoch the epoch the leader leads in
/// @param partitionEpoch the state of the partition that the change is based on
/// @param isr the whole new set, the leader first
public record InSyncProposal(
        TopicPartition partition, TopicId topicId, int leaderEpoch, int partitionEpoch, List<Member> isr) {
    /// @param nodeEpoch the registration under which the follower fetched what makes it in sync, -1 when it is not said
    public record Member(int nodeId, long nodeEpoch) {}

    boolean contains(int nodeId) {
        return isr.stream().anyMatch(member -> member.nodeId() == nodeId);
    }

    /// What the controller made of it.
    public enum Verdict {
        /// It is so; the metadata that says it is applied here, or about to be.
        ACCEPTED,
        /// It is not so and will not be.
        REFUSED,
        /// It was based on a state that is no more; the new one is on its way here.
        OUTDATED,
        /// Nobody knows whether it is so.
        UNANSWERED;

        /// What the controller's answer means. What is not certainly refused may have been decided.
        public static Verdict of(ErrorKind error) {
            return switch (error) {
                case NONE -> ACCEPTED;
                case INVALID_UPDATE_VERSION,
                        FENCED_LEADER_EPOCH,
                        UNKNOWN_LEADER_EPOCH,
                        NOT_LEADER,
                        UNKNOWN_TOPIC_ID,
                        UNKNOWN_TOPIC_OR_PARTITION -> OUTDATED;
                case INELIGIBLE_REPLICA, STALE_NODE_EPOCH, NODE_NOT_REGISTERED, INVALID_REQUEST -> REFUSED;
                default -> UNANSWERED;
            };
        }
    }
}
