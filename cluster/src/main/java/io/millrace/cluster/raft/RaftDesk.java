package io.millrace.cluster.raft;

import io.millrace.cluster.peer.PeerChannel;
import io.millrace.cluster.peer.PeerDesk;
import io.millrace.model.Lease;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.raft.KafkaRaftClient;
import org.apache.kafka.raft.RaftRequest;
import org.apache.kafka.raft.RaftResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where the engines of other nodes are answered ([PeerChannel#METADATA]). ApiVersions is answered here, because the
/// engine asks for it before it makes a node a voter and does not answer it itself (KIP-853).
///
/// May be called from any thread: the engine queues what it is asked.
final class RaftDesk implements PeerDesk {
    private static final Logger LOG = LoggerFactory.getLogger(RaftDesk.class);

    private static final Set<ApiKeys> SERVED = Collections.unmodifiableSet(EnumSet.of(
            ApiKeys.FETCH,
            ApiKeys.VOTE,
            ApiKeys.BEGIN_QUORUM_EPOCH,
            ApiKeys.END_QUORUM_EPOCH,
            ApiKeys.DESCRIBE_QUORUM,
            ApiKeys.FETCH_SNAPSHOT,
            ApiKeys.ADD_RAFT_VOTER,
            ApiKeys.REMOVE_RAFT_VOTER,
            ApiKeys.UPDATE_RAFT_VOTER));

    private static final ByteBuffer CLOSE = ByteBuffer.allocate(0);

    private final LeaderClaims claims;
    private volatile @Nullable KafkaRaftClient<byte[]> client;

    RaftDesk(LeaderClaims claims) {
        this.claims = claims;
    }

    /// From now on there is an engine to ask; who came earlier was told to come again.
    void open(KafkaRaftClient<byte[]> engine) {
        client = engine;
    }

    void close() {
        client = null;
    }

    @Override
    public void onRequest(ByteBuffer frame, Lease lease, Consumer<ByteBuffer> reply) {
        RaftFrames.decodeRequest(frame).ifPresentOrElse(request -> answer(request, reply), () -> reply.accept(CLOSE));
    }

    private void answer(RaftFrames.Request request, Consumer<ByteBuffer> reply) {
        KafkaRaftClient<byte[]> engine = client;
        if (request.key() == ApiKeys.API_VERSIONS) {
            reply.accept(RaftFrames.response(request, versions()));
        } else if (!SERVED.contains(request.key())) {
            reply.accept(CLOSE);
        } else if (engine == null || !claims.isBelievable(request.data())) {
            reply.accept(RaftFrames.response(request, RaftFrames.failure(request.key(), Errors.BROKER_NOT_AVAILABLE)));
        } else {
            RaftRequest.Inbound inbound = new RaftRequest.Inbound(
                    PeerNetwork.LISTENER,
                    request.correlationId(),
                    request.version(),
                    request.data(),
                    SteadyTime.OF_PROCESS.milliseconds());
            engine.handle(inbound)
                    .whenComplete((response, failure) -> reply.accept(encoded(request, response, failure)));
        }
    }

    /// On the Raft thread: a file the answer points into may be gone later.
    private static ByteBuffer encoded(
            RaftFrames.Request request, RaftResponse.@Nullable Outbound response, @Nullable Throwable failure) {
        if (response == null) {
            LOG.warn("event=metadata-request-failed api={}", request.key(), failure);
            return CLOSE;
        }
        return RaftFrames.response(request, response.data());
    }

    private static ApiVersionsResponseData versions() {
        ApiVersionsResponseData.ApiVersionCollection apis = new ApiVersionsResponseData.ApiVersionCollection();
        for (ApiKeys key : SERVED) {
            apis.add(new ApiVersionsResponseData.ApiVersion()
                    .setApiKey(key.id)
                    .setMinVersion(key.oldestVersion())
                    .setMaxVersion(key.latestVersion()));
        }
        ApiVersionsResponseData.SupportedFeatureKeyCollection features =
                new ApiVersionsResponseData.SupportedFeatureKeyCollection(
                        List.of(new ApiVersionsResponseData.SupportedFeatureKey()
                                        .setName("kraft.version")
                                        .setMinVersion(RaftEngine.KRAFT_VERSIONS.min())
                                        .setMaxVersion(RaftEngine.KRAFT_VERSIONS.max()))
                                .iterator());
        return new ApiVersionsResponseData().setApiKeys(apis).setSupportedFeatures(features);
    }
}
