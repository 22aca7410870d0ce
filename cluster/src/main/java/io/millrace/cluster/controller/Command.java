package io.millrace.cluster.controller;

import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.model.Randomness;

/// A change somebody asks for.
///
/// @param <R> the reply
public sealed interface Command<R>
        permits AllocateProducerIds,
                AlterConfigs,
                AlterConfigs.Tell,
                AlterConfigs.Write,
                BalanceLeaders,
                ChangeInSync,
                ChangeTopology,
                CreatePartitions,
                CreateTopics,
                DeclareDefaults,
                DeleteTopics,
                Done,
                ElectLeaders,
                FenceNode,
                FinaliseFeatures,
                GiveUpReplicas,
                GrowQueues,
                LeaveNode,
                RaiseLeaderEpochs,
                Reassign,
                RegisterNode,
                RegisterNode.Write,
                SettlePartitions,
                SettleStreams,
                UnfenceNode,
                UnregisterNode,
                UpdateFeatures {
    /// What to do about it when the cluster is as `image` says. Called on the leader only.
    Decision<R> decide(MetadataImage image, Randomness randomness);

    /// Whether asking again for what may have been done already does no harm.
    default boolean isRepeatable() {
        return false;
    }

    /// The reply when nothing of it can be done.
    R refused(Outcome why);
}
