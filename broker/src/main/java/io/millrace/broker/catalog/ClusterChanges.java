package io.millrace.broker.catalog;

import io.millrace.model.TopicId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The port that changes who does what in the cluster: leaders, replicas, nodes, voters. Replies as in
/// [CatalogChanges]: OK only when committed and visible in this node's [CatalogSource].
///
/// May be called from any thread; replies arrive on the loop of the caller.
public interface ClusterChanges {
    /// State of the metadata quorum as its leader sees it (DescribeQuorum); with an error when none answers.
    void quorum(Consumer<QuorumReply> reply);

    /// Elects leaders (ElectLeaders, KIP-183 and KIP-460).
    void electLeaders(Election election, List<PartitionRef> partitions, Consumer<List<Outcome>> reply);

    /// Starts, changes and cancels reassignments of replicas (KIP-455).
    ///
    /// @param changeFactor whether the number of replicas may change (KIP-860)
    void reassign(List<Reassignment> partitions, boolean changeFactor, Consumer<List<Outcome>> reply);

    /// Forgets a node that is gone for good (UnregisterBroker).
    void unregisterNode(int nodeId, Consumer<Outcome> reply);

    /// Makes an observer a voter of the metadata quorum (AddRaftVoter, KIP-853).
    void addVoter(Voter voter, Consumer<Outcome> reply);

    /// Makes a voter an observer (RemoveRaftVoter).
    void removeVoter(int nodeId, TopicId directoryId, Consumer<Outcome> reply);

    /// Moves features to other levels (UpdateFeatures): all or none.
    void updateFeatures(List<FeatureChange> changes, boolean validateOnly, Consumer<Outcome> reply);

    /// Which leader is wanted.
    enum Election {
        /// The first of the replicas, when it is in sync.
        PREFERRED,
        /// Any live replica when no one in sync is alive: what only others had is lost.
        UNCLEAN
    }

    /// One partition of a topic by name.
    record PartitionRef(String topic, int partition) {}

    /// @param replicas the wanted ones, preferred leader first; empty cancels what is under way
    record Reassignment(String topic, int partition, Optional<List<Integer>> replicas) {}

    /// @param endpoints where the quorum reaches it
    record Voter(int nodeId, TopicId directoryId, List<NodeView.Endpoint> endpoints) {}

    /// @param level 0 turns the feature off
    /// @param downgrade whether the level may go down
    /// @param unsafe whether it may even lose what only the higher level can say
    record FeatureChange(String feature, int level, boolean downgrade, boolean unsafe) {}

    /// @param quorum of -1s and nothing when the outcome is an error
    record QuorumReply(Outcome outcome, QuorumView quorum) {}

    /// @param observers nodes that follow without a vote
    record QuorumView(int leaderId, int leaderEpoch, long highWatermark, List<Member> voters, List<Member> observers) {}

    /// @param directoryId the disk that votes
    /// @param logEndOffset -1 when unknown
    /// @param lastFetchMs -1 when unknown
    /// @param lastCaughtUpMs -1 when unknown
    record Member(int nodeId, TopicId directoryId, long logEndOffset, long lastFetchMs, long lastCaughtUpMs) {}
}
