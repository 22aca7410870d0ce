package io.millrace.benchmarks.jmh;

import io.millrace.broker.catalog.ClusterChanges;
import io.millrace.broker.catalog.Outcome;
import io.millrace.model.TopicId;
import java.util.List;
import java.util.function.Consumer;

/// A cluster nobody is expected to change.
final class NoCluster implements ClusterChanges {
    @Override
    public void quorum(Consumer<QuorumReply> reply) {
        throw unexpected();
    }

    @Override
    public void electLeaders(Election election, List<PartitionRef> partitions, Consumer<List<Outcome>> reply) {
        throw unexpected();
    }

    @Override
    public void reassign(List<Reassignment> partitions, boolean changeFactor, Consumer<List<Outcome>> reply) {
        throw unexpected();
    }

    @Override
    public void unregisterNode(int nodeId, Consumer<Outcome> reply) {
        throw unexpected();
    }

    @Override
    public void addVoter(Voter voter, Consumer<Outcome> reply) {
        throw unexpected();
    }

    @Override
    public void removeVoter(int nodeId, TopicId directoryId, Consumer<Outcome> reply) {
        throw unexpected();
    }

    @Override
    public void updateFeatures(List<FeatureChange> changes, boolean validateOnly, Consumer<Outcome> reply) {
        throw unexpected();
    }

    private static UnsupportedOperationException unexpected() {
        return new UnsupportedOperationException("the benchmark does not change the cluster");
    }
}
