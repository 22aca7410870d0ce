package io.millrace.kafka;

import io.millrace.broker.catalog.ClusterChanges;
import io.millrace.broker.catalog.Outcome;
import io.millrace.model.TopicId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// [ClusterChanges] in memory: keeps what was asked, and answers at once with the outcomes a test put up, else with
/// success.
public final class MemoryCluster implements ClusterChanges {
    private static final QuorumView QUORUM =
            new QuorumView(1, 3, 499, List.of(new Member(1, new TopicId(1, 2), 500, 10, 20)), List.of());

    private final List<Object> asked = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();

    /// What was asked so far: the parts of requests, oldest first.
    public List<Object> asked() {
        return List.copyOf(asked);
    }

    /// The next parts of requests are answered with these.
    public void answerWith(Outcome... next) {
        outcomes.addAll(List.of(next));
    }

    private Outcome next(Object part) {
        asked.add(part);
        return outcomes.isEmpty() ? Outcome.OK : outcomes.removeFirst();
    }

    private List<Outcome> all(Stream<?> parts) {
        return parts.map(this::next).toList();
    }

    @Override
    public void quorum(Consumer<QuorumReply> reply) {
        reply.accept(new QuorumReply(outcomes.isEmpty() ? Outcome.OK : outcomes.removeFirst(), QUORUM));
    }

    @Override
    public void electLeaders(Election election, List<PartitionRef> partitions, Consumer<List<Outcome>> reply) {
        reply.accept(all(partitions.stream()));
    }

    @Override
    public void reassign(List<Reassignment> partitions, boolean changeFactor, Consumer<List<Outcome>> reply) {
        reply.accept(all(partitions.stream()));
    }

    @Override
    public void unregisterNode(int nodeId, Consumer<Outcome> reply) {
        reply.accept(next(nodeId));
    }

    @Override
    public void addVoter(Voter voter, Consumer<Outcome> reply) {
        reply.accept(next(voter));
    }

    @Override
    public void removeVoter(int nodeId, TopicId directoryId, Consumer<Outcome> reply) {
        reply.accept(next(nodeId));
    }

    @Override
    public void updateFeatures(List<FeatureChange> changes, boolean validateOnly, Consumer<Outcome> reply) {
        asked.addAll(changes);
        reply.accept(outcomes.isEmpty() ? Outcome.OK : outcomes.removeFirst());
    }
}
