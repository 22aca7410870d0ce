package io.millrace.cluster.replica;

/// Where nodes stand, as far as that decides where consumers read (KIP-392, `replica.selector.class`).
@FunctionalInterface
public interface Racks {
    /// All consumers read from leaders.
    Racks UNUSED = nodeId -> "";

    /// The rack of a node; empty when it has none or is not known.
    String rackOf(int nodeId);
}
