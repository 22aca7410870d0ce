package io.millrace.cluster.raft;

import io.millrace.cluster.NodeIdentity;
import io.millrace.model.TopicId;
import java.nio.file.Path;
import java.util.List;

/// What the Raft engine of one node needs to know.
///
/// @param identity who this node is
/// @param folder the node's data folder; the log lies in `__cluster_metadata-0` below it
/// @param initialVoters the voters a new cluster starts with; read only when the log does not exist yet, and empty on a
///                      node that joins later
public record RaftSettings(NodeIdentity identity, Path folder, List<Voter> initialVoters) {
    public RaftSettings {
        initialVoters = List.copyOf(initialVoters);
    }

    /// @param directoryId the disk that votes
    /// @param host where other voters reach it
    public record Voter(int nodeId, TopicId directoryId, String host, int port) {}

    /// A cluster of this one node. The address is a placeholder that nobody connects to.
    public static RaftSettings alone(NodeIdentity identity, Path folder) {
        return new RaftSettings(
                identity, folder, List.of(new Voter(identity.nodeId(), identity.directoryId(), "localhost", 9093)));
    }
}
