package io.millrace.cluster.replica;

import java.util.function.Consumer;

/// The port to whoever decides about in-sync replicas.
@FunctionalInterface
public interface InSyncProposals {
    /// @param verdict called once, in a later turn of the loop that called
    void propose(InSyncProposal proposal, Consumer<InSyncProposal.Verdict> verdict);
}
