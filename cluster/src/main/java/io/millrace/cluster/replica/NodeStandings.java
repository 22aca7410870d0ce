package io.millrace.cluster.replica;

/// What the metadata says of other nodes at this moment.
@FunctionalInterface
public interface NodeStandings {
    /// Whether the node may be in sync: registered under this epoch and not fenced (KIP-841, KIP-903).
    boolean isEligible(int nodeId, long nodeEpoch);
}
