package io.millrace.broker.topology;

/// The port that hands out the newest [Topology] this node has applied. May be called from any thread, costs nothing.
public interface TopologySource {
    Topology topology();
}
