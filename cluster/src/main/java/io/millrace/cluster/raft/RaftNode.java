package io.millrace.cluster.raft;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.NodeView;
import io.millrace.cluster.ClusterPorts;
import io.millrace.cluster.ClusterSettings;
import io.millrace.cluster.ControllerLink;
import io.millrace.cluster.LocalCluster;
import io.millrace.cluster.NodeIdentity;
import io.millrace.cluster.PeerControllerLink;
import io.millrace.cluster.peer.PeerDesk;
import io.millrace.cluster.peer.Peers;
import io.millrace.model.Clock;
import io.millrace.model.Loop;
import io.millrace.model.Randomness;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// A node's share of the cluster on disk: a [LocalCluster] over a [RaftMetadataLog], with the thread that owns both.
///
/// Threads: `millrace-metadata` (ours), `millrace-raft` and `millrace-raft-timer` (the engine's).
public final class RaftNode implements AutoCloseable {
    private final CompletableFuture<Catalog> ready = new CompletableFuture<>();
    private final MetadataThread thread;
    private final RaftMetadataLog log;
    private final LocalCluster cluster;
    private final Consumer<Throwable> onFailure;
    private final RaftSettings raft;

    /// What every node is made of.
    ///
    /// @param callerLoop the loop replies to the calling thread go to
    /// @param onFailure told when the metadata log breaks or a bug stops the metadata thread, after the start
    public record Parts(
            RaftSettings raft,
            ClusterSettings settings,
            Supplier<Loop> callerLoop,
            Clock clock,
            Randomness randomness,
            Consumer<Throwable> onFailure) {}

    /// A node that has no others beside it.
    public static RaftNode alone(Parts parts) {
        return new RaftNode(
                parts, new RaftMetadataLog(parts.raft(), parts.settings().known()), loop -> ControllerLink.NONE);
    }

    /// @param answers a loop where answers of other nodes' engines arrive
    public static RaftNode among(Parts parts, Peers peers, Loop answers) {
        int nodeId = parts.raft().identity().nodeId();
        return new RaftNode(
                parts,
                new RaftMetadataLog(parts.raft(), parts.settings().known(), peers, answers),
                loop -> new PeerControllerLink(peers, loop, nodeId));
    }

    private RaftNode(Parts parts, RaftMetadataLog log, Function<Loop, ControllerLink> controller) {
        this.onFailure = parts.onFailure();
        this.raft = parts.raft();
        this.thread = new MetadataThread("millrace-metadata", this::fail);
        this.log = log;
        NodeIdentity identity = parts.raft().identity();
        this.cluster = new LocalCluster(
                identity,
                parts.settings(),
                new ClusterPorts(
                        log,
                        controller.apply(thread),
                        thread,
                        parts.callerLoop(),
                        new SharedCatalogCell(LocalCluster.empty(identity, parts.settings())),
                        new SharedLeaseCell(),
                        parts.clock(),
                        parts.randomness()));
    }

    /// Where the metadata engines of other nodes are answered ([io.millrace.cluster.peer.PeerChannel#METADATA]).
    public PeerDesk metadataDesk() {
        return log.desk();
    }

    /// Runs `action` inside the metadata loop whenever this node has become the controller. Called before the start.
    public void whenLeading(Runnable action) {
        log.whenLeading(action);
    }

    /// Runs `action` inside the metadata loop whenever other nodes vote than before, or elsewhere. Called before the
    /// start.
    public void whenVotersChange(Runnable action) {
        log.whenVotersChange(action);
    }

    /// Who votes, as far as this node knows. Called inside the metadata loop.
    public List<RaftSettings.Voter> voters() {
        return log.votersNow();
    }

    private void fail(Throwable failure) {
        if (!ready.completeExceptionally(failure)) {
            onFailure.accept(failure);
        }
    }

    /// What protocols use.
    public LocalCluster cluster() {
        return cluster;
    }

    /// Opens the log and lets the node join. Completes when it is registered and everything committed is applied; fails
    /// with a message for operators when the log cannot be used.
    public CompletableFuture<Catalog> start() {
        cluster.start(() -> ready.complete(cluster.current()), this::fail);
        return ready;
    }

    /// When this node, on another disk than before, is a voter no more, it becomes one again. Called once, when it
    /// serves.
    public void claimVote() {
        NodeIdentity identity = raft.identity();
        NodeView.Endpoint endpoint = new NodeView.Endpoint(
                NodeView.CLUSTER_LISTENER, raft.address().host(), raft.address().port());
        TakenVote taken = new TakenVote(raft.folder(), identity.directoryId());
        thread.post(new VoteReturn(identity, endpoint, cluster, taken, thread)::begin);
    }

    /// No other node runs: stopping waits for nobody. May be called from any thread.
    public void othersAreGone() {
        log.othersAreGone();
    }

    /// Stops everything it started. What was acknowledged is on disk already.
    @Override
    public void close() {
        cluster.close();
        thread.close();
    }
}
