package io.millrace.server.partition;

import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerAnswer;
import io.millrace.cluster.peer.PeerChannel;
import io.millrace.cluster.peer.PeerLink;
import io.millrace.cluster.peer.Peers;
import io.millrace.cluster.replica.FollowPosition;
import io.millrace.cluster.replica.LeaderLink;
import io.millrace.cluster.replica.LeaderPart;
import io.millrace.cluster.replica.ReplicaFetch;
import io.millrace.cluster.replica.ReplicaFetched;
import io.millrace.kafka.codec.Decoded;
import io.millrace.kafka.replica.FetchCall;
import io.millrace.kafka.replica.FetchedFrame;
import io.millrace.model.Lease;
import io.millrace.model.Loop;
import io.millrace.model.TopicIdPartition;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// A leader as its followers here reach it: Kafka's Fetch over a connection between nodes. The connection goes where
/// the metadata says the leader is at the moment of asking.
///
/// Owned by: the loop of the fetcher that uses it.
final class PeerLeaderLink implements LeaderLink {
    private static final int WAIT_MS = 500;
    private static final int BYTES_MAX = 10 << 20;
    private static final int PARTITION_BYTES_MAX = 1 << 20;
    /// How much longer than it was told a leader may take. What went into a network that dropped it is asked again
    /// then; a leader whose disk needs longer is given twice the time after each failure.
    private static final long GRACE_MS_MIN = 1_500;

    private static final long GRACE_MS_MAX = 9_500;
    private static final long GRACE_MS_STEP = 500;

    private static final FetchCall.Limits AT_ONCE = new FetchCall.Limits(0, 0, BYTES_MAX, PARTITION_BYTES_MAX);
    private static final FetchCall.Limits WITH_PATIENCE =
            new FetchCall.Limits(WAIT_MS, 1, BYTES_MAX, PARTITION_BYTES_MAX);

    private final Peers peers;
    private final Loop loop;
    private final int nodeId;
    private final LongSupplier nodeEpoch;
    private final Supplier<Optional<PeerAddress>> leader;
    private final LongConsumer onBytes;
    private @Nullable PeerLink link;
    private @Nullable PeerAddress linkedTo;
    private long graceMs = GRACE_MS_MIN;
    private boolean closed;

    /// @param nodeId this node
    /// @param nodeEpoch its registration at the moment of asking
    /// @param leader where the leader listens, when that is known
    /// @param onBytes hears how long every answer is
    PeerLeaderLink(
            Peers peers,
            Loop loop,
            int nodeId,
            LongSupplier nodeEpoch,
            Supplier<Optional<PeerAddress>> leader,
            LongConsumer onBytes) {
        this.peers = peers;
        this.loop = loop;
        this.nodeId = nodeId;
        this.nodeEpoch = nodeEpoch;
        this.leader = leader;
        this.onBytes = onBytes;
    }

    @Override
    public void fetch(ReplicaFetch question, Consumer<ReplicaFetched> answer) {
        Optional<PeerAddress> address = leader.get();
        if (address.isEmpty()) {
            loop.post(() -> give(answer, new ReplicaFetched.Failed("nobody knows where the leader listens")));
            return;
        }
        linkTo(address.get()).send(encode(question), WAIT_MS + graceMs, reply -> {
            learn(reply);
            give(answer, decode(reply));
        });
    }

    private void learn(PeerAnswer reply) {
        graceMs = switch (reply) {
            case PeerAnswer.Failed(PeerAnswer.Reason reason, boolean _, String _) ->
                reason == PeerAnswer.Reason.TIMED_OUT ? Math.min(GRACE_MS_MAX, graceMs * 2) : graceMs;
            case PeerAnswer.Frame _ -> Math.max(GRACE_MS_MIN, graceMs - GRACE_MS_STEP);
        };
    }

    private void give(Consumer<ReplicaFetched> answer, ReplicaFetched fetched) {
        if (!closed) {
            answer.accept(fetched);
        }
    }

    private PeerLink linkTo(PeerAddress address) {
        PeerLink current = link;
        if (current != null && address.equals(linkedTo)) {
            return current;
        }
        if (current != null) {
            current.close(); // it came back somewhere else
        }
        PeerLink fresh = peers.link(loop, address, PeerChannel.RECORDS);
        link = fresh;
        linkedTo = address;
        return fresh;
    }

    private ByteBuffer encode(ReplicaFetch question) {
        // A session is opened without a wait, so that others can be named in it.
        FetchCall.Limits limits = question.sessionId() == 0 ? AT_ONCE : WITH_PATIENCE;
        FetchCall call =
                new FetchCall(nodeId, nodeEpoch.getAsLong(), question.sessionId(), question.sessionEpoch(), limits);
        for (ReplicaFetch.Wanted wanted : question.wanted()) {
            FollowPosition from = wanted.position();
            call.want(
                    wanted.key().topicId(),
                    wanted.key().partition(),
                    from.fetchOffset(),
                    from.startOffset(),
                    from.leaderEpoch(),
                    from.lastEpoch(),
                    PARTITION_BYTES_MAX);
        }
        question.forgotten().forEach(key -> call.forget(key.topicId(), key.partition()));
        return call.encode(PeerChannel.RECORDS.clientId());
    }

    private ReplicaFetched decode(PeerAnswer reply) {
        return switch (reply) {
            case PeerAnswer.Failed(PeerAnswer.Reason reason, boolean _, String why) ->
                new ReplicaFetched.Failed(reason + " " + why);
            case PeerAnswer.Frame(ByteBuffer bytes, Lease lease) -> {
                onBytes.accept(bytes.remaining());
                yield switch (FetchedFrame.decode(bytes)) {
                    case Decoded.Malformed<FetchedFrame>(String why) -> new ReplicaFetched.Failed(why);
                    case Decoded.Complete<FetchedFrame>(FetchedFrame frame) -> fetched(frame, lease);
                };
            }
        };
    }

    private static ReplicaFetched fetched(FetchedFrame frame, Lease lease) {
        if (frame.isSessionLost()) {
            return new ReplicaFetched.SessionLost();
        }
        if (frame.error() != Errors.NONE) {
            return new ReplicaFetched.Failed("the leader refused: " + frame.error());
        }
        return new ReplicaFetched.Answer(
                frame.sessionId(),
                frame.parts().stream().map(PeerLeaderLink::part).toList(),
                lease);
    }

    private static LeaderPart part(FetchedFrame.Part part) {
        return new LeaderPart(
                new TopicIdPartition(part.topic(), part.partition()),
                part.error(),
                part.records(),
                part.highWatermark(),
                part.startOffset(),
                part.divergingEpoch());
    }

    @Override
    public void close() {
        closed = true;
        PeerLink current = link;
        if (current != null) {
            current.close();
        }
    }
}
