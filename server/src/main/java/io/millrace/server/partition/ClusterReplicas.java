package io.millrace.server.partition;

import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.LocalCluster;
import io.millrace.cluster.config.NodeDefinitions;
import io.millrace.cluster.controller.InSyncChange;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.Peers;
import io.millrace.cluster.replica.LeaderLink;
import io.millrace.cluster.replica.Throttles;
import io.millrace.model.Clock;
import io.millrace.model.Loop;
import io.millrace.model.TopicIdPartition;
import io.millrace.server.metrics.Metrics;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// What replicas need of the cluster, as [LocalCluster] and the links to other nodes give it. May be called from any
/// thread.
public final class ClusterReplicas implements ReplicaPorts {
    private final int nodeId;
    private final LocalCluster cluster;
    private final Peers peers;
    private final Metrics metrics;
    private final Settings settings;
    private final Throttles throttles;
    private final DiskSettings disks;

    /// What an operator says of replicas.
    ///
    /// @param readsByRack whether leaders send consumers to the replica in their rack
    /// @param lagMsMax how long a follower may lag and still count as in sync
    public record Settings(boolean readsByRack, long lagMsMax) {}

    /// @param metrics before the node serves
    public ClusterReplicas(
            int nodeId,
            LocalCluster cluster,
            Peers peers,
            Clock clock,
            Metrics metrics,
            DiskSettings disks,
            Settings settings) {
        this.nodeId = nodeId;
        this.cluster = cluster;
        this.peers = peers;
        this.metrics = metrics;
        this.settings = settings;
        this.disks = disks;
        var leader = new SharedThrottle(() -> cluster.settings().longValue(NodeDefinitions.LEADER_THROTTLE), clock);
        var follower = new SharedThrottle(() -> cluster.settings().longValue(NodeDefinitions.FOLLOWER_THROTTLE), clock);
        this.throttles = new Throttles(leader, follower);
        metrics.counter(
                "leader_replication_throttled_bytes",
                "Bytes that throttled replicas out of sync fetched from here",
                leader::moved);
        metrics.counter(
                "follower_replication_throttled_bytes",
                "Bytes that throttled replicas here fetched while they were out of sync",
                follower::moved);
    }

    @Override
    public Throttles throttles() {
        return throttles;
    }

    @Override
    public DiskSettings disks() {
        return disks;
    }

    @Override
    public int nodeId() {
        return nodeId;
    }

    @Override
    public boolean isEligible(int otherId, long nodeEpoch) {
        return node(cluster, otherId)
                .filter(node -> node.isActive() && node.epoch() == nodeEpoch)
                .isPresent();
    }

    @Override
    public String rackOf(int otherId) {
        return settings.readsByRack()
                ? node(cluster, otherId).map(NodeView::rack).orElse("")
                : "";
    }

    @Override
    public boolean mayLead(long monotonicMs) {
        return cluster.standing().mayLead(monotonicMs);
    }

    @Override
    public long lagMsMax() {
        return settings.lagMsMax();
    }

    @Override
    public void changeInSync(List<InSyncChange> changes, Consumer<List<Outcome>> reply) {
        cluster.changeInSync(changes, reply);
    }

    @Override
    public void giveUp(List<TopicIdPartition> replicas, Consumer<Outcome> reply) {
        cluster.giveUpReplicas(replicas, reply);
    }

    @Override
    public void leaveEpoch(TopicIdPartition replica, int leaderEpoch, Consumer<Outcome> reply) {
        cluster.leaveEpoch(replica, leaderEpoch, reply);
    }

    @Override
    public LeaderLink link(Loop loop, int leaderId) {
        return new PeerLeaderLink(
                peers,
                loop,
                nodeId,
                () -> node(cluster, nodeId).map(NodeView::epoch).orElse(-1L),
                () -> address(leaderId),
                metrics::onReplicated);
    }

    private Optional<PeerAddress> address(int id) {
        return PeerAddress.of(cluster.current(), id);
    }

    private static Optional<NodeView> node(CatalogSource catalog, int id) {
        for (NodeView node : catalog.current().nodes()) {
            if (node.id() == id) {
                return Optional.of(node);
            }
        }
        return Optional.empty();
    }
}
