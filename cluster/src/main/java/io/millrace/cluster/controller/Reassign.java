package io.millrace.cluster.controller;

import io.millrace.broker.catalog.ClusterChanges.PartitionRef;
import io.millrace.broker.catalog.ClusterChanges.Reassignment;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.PartitionChanged;
import io.millrace.model.ErrorKind;
import io.millrace.model.Randomness;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Starts, changes or cancels reassignments (KIP-455): the new replicas join the old ones, and when all of them are in
/// sync the old ones go; see [Election].
///
/// @param changeFactor whether the number of replicas may change (KIP-860)
/// @param earlier outcomes of partitions that earlier steps decided
/// @param seen which partitions those were
public record Reassign(
        List<Reassignment> partitions, boolean changeFactor, List<Outcome> earlier, Set<PartitionRef> seen)
        implements Command<List<Outcome>> {
    public Reassign {
        partitions = List.copyOf(partitions);
        earlier = List.copyOf(earlier);
        seen = Collections.unmodifiableSet(seen);
    }

    public Reassign(List<Reassignment> partitions, boolean changeFactor) {
        this(partitions, changeFactor, List.of(), Set.of());
    }

    @Override
    public Decision<List<Outcome>> decide(MetadataImage image, Randomness randomness) {
        Decision.Draft draft = new Decision.Draft(image);
        List<Outcome> outcomes = new ArrayList<>(earlier);
        Set<PartitionRef> named = new HashSet<>(seen);
        int end = Math.min(partitions.size(), SettlePartitions.STEP_MAX);
        for (Reassignment wish : partitions.subList(0, end)) {
            outcomes.add(
                    named.add(new PartitionRef(wish.topic(), wish.partition()))
                            ? reassign(wish, image, draft)
                            : Outcome.refused(ErrorKind.INVALID_REQUEST, "The partition is named twice."));
        }
        return end == partitions.size()
                ? draft.decision(outcomes)
                : draft.step(new Reassign(partitions.subList(end, partitions.size()), changeFactor, outcomes, named));
    }

    private Outcome reassign(Reassignment wish, MetadataImage image, Decision.Draft draft) {
        Optional<TopicView> topic = image.topic(wish.topic());
        if (topic.isEmpty()) {
            return Outcome.refused(
                    ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, "Unable to find a topic named " + wish.topic() + ".");
        }
        if (wish.partition() < 0 || wish.partition() >= topic.get().partitions().size()) {
            return Outcome.refused(
                    ErrorKind.UNKNOWN_TOPIC_OR_PARTITION,
                    "Unable to find partition " + wish.topic() + ":" + wish.partition() + ".");
        }
        PartitionView partition = topic.get().partitions().get(wish.partition());
        Optional<Outcome> refusal = wish.replicas().isPresent()
                ? refuseTarget(wish.replicas().get(), partition, image)
                : refuseCancel(partition);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        return move(topic.get(), partition, wish.replicas().orElse(ReplicaMove.original(partition)), image, draft);
    }

    private Optional<Outcome> refuseTarget(List<Integer> target, PartitionView partition, MetadataImage image) {
        int factor = ReplicaMove.original(partition).size();
        if (!changeFactor && target.size() != factor) {
            return Optional.of(Outcome.refused(
                    ErrorKind.INVALID_REPLICATION_FACTOR,
                    "The replication factor is changed from " + factor + " to " + target.size()));
        }
        return new Replicas(image).refuse(target);
    }

    private static Optional<Outcome> refuseCancel(PartitionView partition) {
        return partition.isReassigning()
                ? Optional.empty()
                : Optional.of(Outcome.refused(
                        ErrorKind.NO_REASSIGNMENT_IN_PROGRESS, "No partition reassignment is in progress."));
    }

    private static Outcome move(
            TopicView topic, PartitionView partition, List<Integer> target, MetadataImage image, Decision.Draft draft) {
        ReplicaMove move = ReplicaMove.of(partition, target);
        if (!move.keepsRecords(partition)) {
            return Outcome.refused(
                    ErrorKind.INVALID_REPLICA_ASSIGNMENT,
                    "Unable to revert partition assignment for " + topic.name() + ":" + partition.index()
                            + " because it would require an unclean leader election.");
        }
        new Election(partition, NodeStandings.of(image), topic.settings())
                .reassign(move)
                .decide()
                .ifPresent(after -> draft.add(new PartitionChanged(topic.id(), partition.index(), after)));
        return Outcome.OK;
    }

    @Override
    public List<Outcome> refused(Outcome why) {
        return Collections.nCopies(earlier.size() + partitions.size(), why);
    }
}
