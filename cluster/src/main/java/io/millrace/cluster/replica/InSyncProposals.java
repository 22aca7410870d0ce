package io.millrace.cluster.replica;

import io.millrace.model.TopicIdPartition;
import java.util.function.Consumer;

/// The port to whoever decides about in-sync replicas.
public interface InSyncProposals {
    /// @param verdict called once, in a later turn of the loop that called
    void propose(InSyncProposal proposal, Consumer<InSyncProposal.Verdict> verdict);

    /// This node's replica lacks what it is believed to have: it is to lead no more, at least not in the same epoch,
    /// and to leave the in-sync set unless it is the last there.
    ///
    /// @param done called once, in a later turn of the loop that called: whether it is decided
    void giveUp(TopicIdPartition replica, Consumer<Boolean> done);

    /// What this node has asked its leader under `leaderEpoch` is to count no more, also what is still under way: the
    /// leader is to lead on in another epoch.
    ///
    /// @param done called once, in a later turn of the loop that called
    void leaveEpoch(TopicIdPartition replica, int leaderEpoch, Runnable done);
}
