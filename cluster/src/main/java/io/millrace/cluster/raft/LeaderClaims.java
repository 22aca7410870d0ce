package io.millrace.cluster.raft;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.apache.kafka.common.message.BeginQuorumEpochRequestData;
import org.apache.kafka.common.message.BeginQuorumEpochResponseData;
import org.apache.kafka.common.message.EndQuorumEpochRequestData;
import org.apache.kafka.common.message.EndQuorumEpochResponseData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchSnapshotResponseData;
import org.apache.kafka.common.message.UpdateRaftVoterResponseData;
import org.apache.kafka.common.message.VoteResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.raft.LeaderAndEpoch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What other nodes say of who leads the metadata, held against what this one knows. The engine stops for good when
/// somebody says that this node leads an epoch in which it does not, or names a second leader of one epoch: its own
/// log and vote would have to be wrong. They are, when the disk was replaced since, or is an older copy. But that is
/// no reason to end: such a message is as good as none, and the others elect somebody else sooner or later.
///
/// May be called from any thread.
final class LeaderClaims {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderClaims.class);
    private static final int NONE = -1;

    private final int nodeId;
    private volatile @Nullable Supplier<LeaderAndEpoch> known;
    private volatile int toldEpoch = NONE;

    LeaderClaims(int nodeId) {
        this.nodeId = nodeId;
    }

    /// @param disagrees whether who says so refuses something because of it
    record Claim(OptionalInt leaderId, int epoch, boolean disagrees) {}

    /// From now on there is an engine.
    void open(Supplier<LeaderAndEpoch> engine) {
        known = engine;
    }

    /// Whether the engine can be given this message.
    ///
    /// @param message a request to it, or an answer
    boolean isBelievable(ApiMessage message) {
        Supplier<LeaderAndEpoch> engine = known;
        Optional<Claim> claim = claim(message);
        if (engine == null || claim.isEmpty() || !contradicts(claim.get(), engine.get(), nodeId)) {
            return true;
        }
        tell(claim.get());
        return false;
    }

    private void tell(Claim claim) {
        if (toldEpoch == claim.epoch()) {
            return;
        }
        toldEpoch = claim.epoch();
        LOG.warn(
                "event=leader-not-believed leader={} epoch={} reason=\"{}\"",
                claim.leaderId().orElse(NONE),
                claim.epoch(),
                claim.leaderId().equals(OptionalInt.of(nodeId))
                        ? "the others know this node as the leader of an epoch of which its disk knows nothing: it"
                                + " waits until they have elected another one"
                        : "this node knows another leader of that epoch");
    }

    static boolean contradicts(Claim claim, LeaderAndEpoch known, int nodeId) {
        if (claim.leaderId().isEmpty() || claim.epoch() < known.epoch()) {
            return false; // an engine knows what to do about those who are behind
        }
        boolean isSelf = claim.leaderId().getAsInt() == nodeId;
        if (claim.epoch() > known.epoch()) {
            return isSelf;
        }
        boolean differs = !known.leaderId().equals(claim.leaderId());
        return differs && (isSelf ? claim.disagrees() : known.leaderId().isPresent());
    }

    /// Empty when the message says nothing of a leader.
    static Optional<Claim> claim(ApiMessage message) {
        return switch (message) {
            case BeginQuorumEpochRequestData begin ->
                begin.topics().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .findFirst()
                        .map(said -> claim(said.leaderId(), said.leaderEpoch(), Errors.NOT_LEADER_OR_FOLLOWER.code()));
            case EndQuorumEpochRequestData end ->
                end.topics().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .findFirst()
                        .map(said -> claim(said.leaderId(), said.leaderEpoch(), Errors.NOT_LEADER_OR_FOLLOWER.code()));
            case FetchResponseData fetch ->
                fetch.responses().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .findFirst()
                        .map(said -> claim(
                                said.currentLeader().leaderId(),
                                said.currentLeader().leaderEpoch(),
                                said.errorCode()));
            case FetchSnapshotResponseData fetch ->
                fetch.topics().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .findFirst()
                        .map(said -> claim(
                                said.currentLeader().leaderId(),
                                said.currentLeader().leaderEpoch(),
                                said.errorCode()));
            default -> answerOfVoter(message);
        };
    }

    private static Optional<Claim> answerOfVoter(ApiMessage message) {
        return switch (message) {
            case VoteResponseData vote ->
                vote.topics().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .findFirst()
                        .map(said -> claim(said.leaderId(), said.leaderEpoch(), said.errorCode()));
            case BeginQuorumEpochResponseData begin ->
                begin.topics().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .findFirst()
                        .map(said -> claim(said.leaderId(), said.leaderEpoch(), said.errorCode()));
            case EndQuorumEpochResponseData end ->
                end.topics().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .findFirst()
                        .map(said -> claim(said.leaderId(), said.leaderEpoch(), said.errorCode()));
            case UpdateRaftVoterResponseData update ->
                Optional.of(claim(
                        update.currentLeader().leaderId(),
                        update.currentLeader().leaderEpoch(),
                        update.errorCode()));
            default -> Optional.empty();
        };
    }

    private static Claim claim(int leaderId, int epoch, short error) {
        boolean disagrees = error == Errors.FENCED_LEADER_EPOCH.code() || error == Errors.NOT_LEADER_OR_FOLLOWER.code();
        return new Claim(leaderId < 0 ? OptionalInt.empty() : OptionalInt.of(leaderId), epoch, disagrees);
    }
}
