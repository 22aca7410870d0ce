package io.millrace.server.partition;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.LocalCluster;
import io.millrace.model.Clock;
import io.millrace.server.metrics.Metrics;
import java.util.function.Predicate;

/// What operators are shown of the node's replicas. What the metadata knows is counted when somebody looks.
///
/// Owned by: nobody; read on the HTTP loop.
public final class ReplicaGauges {
    private final int nodeId;
    private final LocalCluster cluster;
    private final Clock clock;
    private final PartitionHosts hosts;

    public ReplicaGauges(int nodeId, LocalCluster cluster, Clock clock, PartitionHosts hosts) {
        this.nodeId = nodeId;
        this.cluster = cluster;
        this.clock = clock;
        this.hosts = hosts;
    }

    public void register(Metrics metrics) {
        metrics.gauge("leaders", "Partitions this node leads", () -> count(this::isLedHere));
        metrics.gauge(
                "under_replicated_partitions",
                "Partitions led here that not all replicas are in sync with",
                () -> count(view ->
                        isLedHere(view) && view.isr().size() < view.replicas().size()));
        metrics.gauge(
                "under_min_isr_partitions",
                "Partitions led here that refuse acks=all: too few replicas are in sync",
                this::underMinInSync);
        metrics.gauge(
                "offline_replicas",
                "Replicas on this node of partitions without a leader; all of them while no controller is heard",
                this::offline);
        metrics.gauge(
                "replica_lag_records_max",
                "Records the furthest behind of the replicas that follow from here lacks",
                () -> hosts.all().stream()
                        .mapToLong(PartitionHost::lagMax)
                        .max()
                        .orElse(0));
        metrics.gauge(
                "damaged_logs",
                "Logs on this node whose disk gave back something that was never written",
                () -> hosts.all().stream().mapToLong(PartitionHost::damaged).sum());
        metrics.counter(
                "repaired_logs",
                "Logs on this node that were damaged and are no more",
                () -> hosts.all().stream().mapToLong(PartitionHost::repaired).sum());
        metrics.counter(
                "isr_shrinks",
                "Replicas that fell out of sync with a leader here",
                () -> hosts.all().stream()
                        .mapToLong(PartitionHost::inSyncShrinks)
                        .sum());
        metrics.counter(
                "isr_expands",
                "Replicas that came in sync with a leader here",
                () -> hosts.all().stream()
                        .mapToLong(PartitionHost::inSyncExpands)
                        .sum());
    }

    private boolean isLedHere(PartitionView view) {
        return view.leader() == nodeId && cluster.standing().mayLead(clock.monotonicMs());
    }

    /// What was decided last says who leads, but without a majority nobody may.
    private long offline() {
        boolean nobodyMayLead = !cluster.hasMajority();
        return count(view ->
                view.replicas().contains(nodeId) && (nobodyMayLead || view.leader() == PartitionView.NO_LEADER));
    }

    private long count(Predicate<PartitionView> which) {
        Catalog now = cluster.current();
        long count = 0;
        for (TopicView topic : now.topics()) {
            for (PartitionView view : topic.partitions()) {
                count += which.test(view) ? 1 : 0;
            }
        }
        return count;
    }

    private long underMinInSync() {
        long count = 0;
        for (TopicView topic : cluster.current().topics()) {
            for (PartitionView view : topic.partitions()) {
                int min = Math.min(
                        topic.settings().minInSyncReplicas(), view.replicas().size());
                count += isLedHere(view) && view.isr().size() < min ? 1 : 0;
            }
        }
        return count;
    }
}
