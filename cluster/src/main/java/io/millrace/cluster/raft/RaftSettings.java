package io.millrace.cluster.raft;

import io.millrace.cluster.NodeIdentity;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.model.TopicId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// What the Raft engine of one node needs to know.
///
/// @param identity who this node is
/// @param folder the node's data folder; the log lies in `__cluster_metadata-0` below it
/// @param initialVoters the voters a new cluster starts with; read only when the log does not exist yet, and empty on a
///                      node that joins later
/// @param address where other nodes reach this one
/// @param known addresses to ask for the leader when nothing better is known; empty when there are no other nodes
public record RaftSettings(
        NodeIdentity identity, Path folder, List<Voter> initialVoters, PeerAddress address, List<PeerAddress> known) {
    public RaftSettings {
        initialVoters = List.copyOf(initialVoters);
        known = List.copyOf(known);
    }

    /// @param directoryId the disk that votes
    /// @param address where other voters reach it
    public record Voter(int nodeId, TopicId directoryId, PeerAddress address) {}

    /// A cluster of this one node. The address is a placeholder that nobody connects to.
    public static RaftSettings alone(NodeIdentity identity, Path folder) {
        PeerAddress nowhere = new PeerAddress("localhost", 9093);
        Voter self = new Voter(identity.nodeId(), identity.directoryId(), nowhere);
        return new RaftSettings(identity, folder, List.of(self), nowhere, List.of());
    }

    /// Makes the metadata log's folder if there is none, with the initial voters in it, so that it can be said for
    /// certain later whether this node ever had one.
    public void layOut() throws IOException {
        RaftEngine.layOut(this);
    }

    /// Whether the metadata log's folder was ever laid out and is still there.
    public boolean isLaidOut() {
        return CommittedOffset.exists(RaftEngine.folder(this));
    }

    /// The folder is that of another disk now: whom that one voted for binds nobody here.
    public void forgetVote() throws IOException {
        QuorumStateFile.forget(RaftEngine.folder(this));
    }

    /// Whether this node will never have others beside it in this life.
    boolean isAlone() {
        return known.isEmpty();
    }
}
