package io.millrace.cluster.raft;

import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerAnswer;
import io.millrace.cluster.peer.PeerChannel;
import io.millrace.cluster.peer.PeerLink;
import io.millrace.cluster.peer.Peers;
import io.millrace.model.Loop;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.raft.NetworkChannel;
import org.apache.kafka.raft.RaftRequest;
import org.apache.kafka.raft.RaftResponse;

/// How the engine reaches other nodes: a [PeerLink] for each address it was ever told. A request that gets no answer is
/// answered with BROKER_NOT_AVAILABLE, which the engine takes as "try again later".
///
/// Owned by: the Raft thread; the links by `loop`.
final class PeerNetwork implements NetworkChannel {
    /// The name of our endpoint in the voter set and in Kafka's tools.
    static final ListenerName LISTENER = new ListenerName("CONTROLLER");

    private final Peers peers;
    private final Loop loop;
    private final LeaderClaims claims;
    private final Map<PeerAddress, PeerLink> links = new HashMap<>();
    private final AtomicInteger nextCorrelationId = new AtomicInteger();
    private volatile IntConsumer onRefused = nodeId -> {};

    /// @param loop where answers arrive; it must never be blocked for long
    PeerNetwork(Peers peers, Loop loop, LeaderClaims claims) {
        this.peers = peers;
        this.loop = loop;
        this.claims = claims;
    }

    @Override
    public int newCorrelationId() {
        return nextCorrelationId.getAndIncrement();
    }

    @Override
    public CompletionStage<RaftResponse.Inbound> send(RaftRequest.Outbound request) {
        CompletableFuture<RaftResponse.Inbound> answered = new CompletableFuture<>();
        Node to = request.destination();
        ByteBuffer frame = RaftFrames.request(request.data());
        ApiKeys key = ApiKeys.forId(request.data().apiKey());
        loop.run(() -> link(new PeerAddress(to.host(), to.port())).send(frame, timeoutMs(key), answer -> {
            answered.complete(new RaftResponse.Inbound(request.correlationId(), message(key, answer), to));
            noteRefusal(to.id(), answer);
        }));
        return answered;
    }

    /// A change of the voters is answered when it is committed.
    private static long timeoutMs(ApiKeys key) {
        return key == ApiKeys.ADD_RAFT_VOTER || key == ApiKeys.REMOVE_RAFT_VOTER
                ? QuorumCalls.CHANGE_TIMEOUT_MS
                : RaftEngine.REQUEST_TIMEOUT_MS;
    }

    /// Tells `listener`, on the loop of the links, which node's process is gone.
    void whenRefused(IntConsumer listener) {
        onRefused = listener;
    }

    private PeerLink link(PeerAddress address) {
        return links.computeIfAbsent(address, to -> peers.link(loop, to, PeerChannel.METADATA));
    }

    private void noteRefusal(int nodeId, PeerAnswer answer) {
        if (answer instanceof PeerAnswer.Failed failed && failed.reason() == PeerAnswer.Reason.REFUSED) {
            onRefused.accept(nodeId);
        }
    }

    private ApiMessage message(ApiKeys key, PeerAnswer answer) {
        return switch (answer) {
            case PeerAnswer.Frame frame ->
                RaftFrames.decodeResponse(key, frame.bytes())
                        .map(said ->
                                claims.isBelievable(said) ? said : RaftFrames.failure(key, Errors.BROKER_NOT_AVAILABLE))
                        .orElseGet(() -> RaftFrames.failure(key, Errors.UNKNOWN_SERVER_ERROR));
            case PeerAnswer.Failed failed -> RaftFrames.failure(key, Errors.BROKER_NOT_AVAILABLE);
        };
    }

    @Override
    public ListenerName listenerName() {
        return LISTENER;
    }

    @Override
    public void close() {
        loop.run(() -> {
            links.values().forEach(PeerLink::close);
            links.clear();
        });
    }
}
