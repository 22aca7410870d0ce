package io.millrace.broker.catalog;

import java.util.Set;

/// Replicas of a topic whose copying is throttled (KIP-73), as `leader.replication.throttled.replicas` or
/// `follower.replication.throttled.replicas` lists them.
///
/// @param all every replica of the topic
/// @param some those that are named
public record ThrottledReplicas(boolean all, Set<Replica> some) {
    public static final ThrottledReplicas NONE = new ThrottledReplicas(false, Set.of());

    /// Every replica of the topic.
    public static final ThrottledReplicas ALL = new ThrottledReplicas(true, Set.of());

    public ThrottledReplicas {
        some = Set.copyOf(some);
    }

    /// One replica of one partition.
    public record Replica(int partition, int nodeId) {}

    public boolean contains(int partition, int nodeId) {
        return all || !some.isEmpty() && some.contains(new Replica(partition, nodeId));
    }
}
