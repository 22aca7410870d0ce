package io.millrace.cluster.raft;

import io.millrace.broker.catalog.ClusterChanges.Member;
import io.millrace.broker.catalog.ClusterChanges.QuorumView;
import io.millrace.broker.catalog.ClusterChanges.Voter;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.model.ErrorKind;
import io.millrace.model.Loop;
import io.millrace.model.TopicId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AddRaftVoterResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.message.RemoveRaftVoterResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.raft.KafkaRaftClient;
import org.apache.kafka.raft.NetworkChannel;
import org.apache.kafka.raft.RaftMessage;
import org.apache.kafka.raft.RaftRequest;
import org.apache.kafka.raft.RaftUtil;
import org.apache.kafka.raft.ReplicaKey;
import org.jspecify.annotations.Nullable;

/// What only the leader's engine knows or may do about the quorum (KIP-595, KIP-853): asked of our own engine when it
/// leads, else of the leader's over there.
///
/// Owned by: the metadata loop.
final class QuorumCalls {
    static final QuorumView UNKNOWN = new QuorumView(-1, -1, -1, List.of(), List.of());

    /// Adding a voter waits until it has caught up with the log.
    static final int CHANGE_TIMEOUT_MS = 20_000;

    private final String clusterId;
    private final KafkaRaftClient<byte[]> client;
    private final NetworkChannel network;
    private final Function<Integer, Optional<PeerAddress>> addresses;
    private final Loop loop;

    /// @param addresses of voters by node id
    QuorumCalls(
            RaftSettings settings,
            KafkaRaftClient<byte[]> client,
            NetworkChannel network,
            Function<Integer, Optional<PeerAddress>> addresses,
            Loop loop) {
        this.clusterId = settings.identity().clusterId();
        this.client = client;
        this.network = network;
        this.addresses = addresses;
        this.loop = loop;
    }

    void describe(Consumer<QuorumView> reply) {
        ask(RaftUtil.singletonDescribeQuorumRequest(RaftEngine.PARTITION), response -> reply.accept(view(response)));
    }

    void addVoter(Voter voter, PeerAddress address, Consumer<Outcome> reply) {
        ReplicaKey key = ReplicaKey.of(voter.nodeId(), RaftEngine.uuid(voter.directoryId()));
        ask(
                RaftUtil.addVoterRequest(clusterId, CHANGE_TIMEOUT_MS, key, RaftEngine.endpoints(address), true),
                response -> reply.accept(
                        response instanceof AddRaftVoterResponseData added
                                ? outcome(added.errorCode(), added.errorMessage())
                                : outcome(Errors.UNKNOWN_SERVER_ERROR.code(), null)));
    }

    void removeVoter(int nodeId, TopicId directoryId, Consumer<Outcome> reply) {
        ReplicaKey key = ReplicaKey.of(nodeId, RaftEngine.uuid(directoryId));
        ask(
                RaftUtil.removeVoterRequest(clusterId, key),
                response -> reply.accept(
                        response instanceof RemoveRaftVoterResponseData removed
                                ? outcome(removed.errorCode(), removed.errorMessage())
                                : outcome(Errors.UNKNOWN_SERVER_ERROR.code(), null)));
    }

    /// The answer comes inside the loop, exactly once, also when the engine stops meanwhile and never answers.
    private void ask(ApiMessage request, Consumer<ApiMessage> reply) {
        ApiKeys key = ApiKeys.forId(request.apiKey());
        OptionalInt leader = client.leaderAndEpoch().leaderId();
        Answer answer = new Answer(reply);
        answer.expiry = loop.after(
                CHANGE_TIMEOUT_MS + RaftEngine.REQUEST_TIMEOUT_MS,
                () -> answer.give(RaftFrames.failure(key, Errors.REQUEST_TIMED_OUT)));
        if (leader.isEmpty()) {
            loop.post(() -> answer.give(RaftFrames.failure(key, Errors.BROKER_NOT_AVAILABLE)));
            return;
        }
        sent(request, leader.getAsInt())
                .whenComplete((response, failure) -> loop.post(() -> answer.give(
                        response == null ? RaftFrames.failure(key, Errors.BROKER_NOT_AVAILABLE) : response.data())));
    }

    private CompletionStage<? extends RaftMessage> sent(ApiMessage request, int leader) {
        int correlationId = network.newCorrelationId();
        long now = SteadyTime.OF_PROCESS.milliseconds();
        if (client.nodeId().equals(OptionalInt.of(leader))) {
            short version = ApiKeys.forId(request.apiKey()).latestVersion();
            return client.handle(new RaftRequest.Inbound(PeerNetwork.LISTENER, correlationId, version, request, now));
        }
        Optional<PeerAddress> address = addresses.apply(leader);
        if (address.isEmpty()) {
            return CompletableFuture.failedFuture(new IllegalStateException("no address of node " + leader));
        }
        Node to = new Node(leader, address.get().host(), address.get().port());
        return network.send(new RaftRequest.Outbound(correlationId, request, to, now));
    }

    private static QuorumView view(ApiMessage response) {
        if (response instanceof DescribeQuorumResponseData described
                && described.errorCode() == Errors.NONE.code()
                && !described.topics().isEmpty()) {
            PartitionData data = described.topics().getFirst().partitions().getFirst();
            return data.errorCode() == Errors.NONE.code()
                    ? new QuorumView(
                            data.leaderId(),
                            data.leaderEpoch(),
                            data.highWatermark(),
                            members(data.currentVoters()),
                            members(data.observers()))
                    : UNKNOWN;
        }
        return UNKNOWN;
    }

    private static List<Member> members(List<ReplicaState> states) {
        return states.stream().map(QuorumCalls::member).toList();
    }

    private static Member member(ReplicaState state) {
        Uuid directory = state.replicaDirectoryId();
        return new Member(
                state.replicaId(),
                new TopicId(directory.getMostSignificantBits(), directory.getLeastSignificantBits()),
                state.logEndOffset(),
                state.lastFetchTimestamp(),
                state.lastCaughtUpTimestamp());
    }

    private static Outcome outcome(short code, @Nullable String message) {
        Errors error = Errors.forCode(code);
        ErrorKind kind = switch (error) {
            case NONE -> ErrorKind.NONE;
            case DUPLICATE_VOTER -> ErrorKind.DUPLICATE_VOTER;
            case VOTER_NOT_FOUND -> ErrorKind.VOTER_NOT_FOUND;
            case INVALID_VOTER_KEY -> ErrorKind.INVALID_VOTER;
            case INVALID_REQUEST -> ErrorKind.INVALID_REQUEST;
            case UNSUPPORTED_VERSION -> ErrorKind.UNSUPPORTED_VERSION;
            case NOT_LEADER_OR_FOLLOWER -> ErrorKind.NOT_CONTROLLER;
            case REQUEST_TIMED_OUT, BROKER_NOT_AVAILABLE -> ErrorKind.REQUEST_TIMED_OUT;
            default -> ErrorKind.UNKNOWN;
        };
        return kind == ErrorKind.NONE ? Outcome.OK : Outcome.refused(kind, message == null ? error.message() : message);
    }

    /// Gives the first answer and drops others.
    ///
    /// Owned by: the metadata loop.
    private static final class Answer {
        private final Consumer<ApiMessage> reply;
        private Loop.@Nullable Timer expiry;
        private boolean given;

        Answer(Consumer<ApiMessage> reply) {
            this.reply = reply;
        }

        void give(ApiMessage message) {
            if (!given) {
                given = true;
                if (expiry != null) {
                    expiry.cancel();
                }
                reply.accept(message);
            }
        }
    }
}
