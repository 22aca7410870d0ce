package io.millrace.cluster.raft;

import io.millrace.broker.catalog.Catalog;
import io.millrace.cluster.ClusterPorts;
import io.millrace.cluster.ClusterSettings;
import io.millrace.cluster.ControllerLink;
import io.millrace.cluster.LocalCluster;
import io.millrace.model.Clock;
import io.millrace.model.Loop;
import io.millrace.model.Randomness;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// A node's share of the cluster on disk: a [LocalCluster] over a [RaftMetadataLog], with the thread that owns both.
///
/// Threads: `millrace-metadata` (ours), `millrace-raft` and `millrace-raft-timer` (the engine's).
public final class RaftNode implements AutoCloseable {
    private final CompletableFuture<Catalog> ready = new CompletableFuture<>();
    private final MetadataThread thread;
    private final LocalCluster cluster;
    private final Consumer<Throwable> onFailure;

    /// @param callerLoop the loop replies to the calling thread go to
    /// @param onFailure told when the metadata log breaks or a bug stops the metadata thread, after the start
    public RaftNode(
            RaftSettings raft,
            ClusterSettings settings,
            Supplier<Loop> callerLoop,
            Clock clock,
            Randomness randomness,
            Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
        this.thread = new MetadataThread("millrace-metadata", this::fail);
        this.cluster = new LocalCluster(
                raft.identity(),
                settings,
                new ClusterPorts(
                        new RaftMetadataLog(raft),
                        ControllerLink.NONE,
                        thread,
                        callerLoop,
                        new SharedCatalogCell(LocalCluster.empty(raft.identity(), settings)),
                        new SharedLeaseCell(),
                        clock,
                        randomness));
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

    /// Stops everything it started. What was acknowledged is on disk already.
    @Override
    public void close() {
        cluster.close();
        thread.close();
    }
}
