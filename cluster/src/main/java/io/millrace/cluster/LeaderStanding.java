package io.millrace.cluster;

/// Whether this node may act as a leader at all. It may while the controller heard of it a moment ago; silent for as
/// long as the controller waits before it fences a node, it must assume that others lead by now.
///
/// May be asked by any thread, for every append: one volatile read.
@FunctionalInterface
public interface LeaderStanding {
    /// @param nowMs monotonic
    boolean mayLead(long nowMs);
}
