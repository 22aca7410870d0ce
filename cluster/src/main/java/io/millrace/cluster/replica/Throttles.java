package io.millrace.cluster.replica;

/// Both throttles of a node.
///
/// @param leader what it sends (`leader.replication.throttled.rate`)
/// @param follower what it asks for (`follower.replication.throttled.rate`)
public record Throttles(Throttle leader, Throttle follower) {
    public static final Throttles NONE = new Throttles(Throttle.NONE, Throttle.NONE);
}
