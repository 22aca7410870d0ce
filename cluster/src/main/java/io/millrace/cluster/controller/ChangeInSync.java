package io.millrace.cluster.controller;

import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.NodeRegistered;
import io.millrace.cluster.metadata.MetadataRecord.PartitionChanged;
import io.millrace.model.ErrorKind;
import io.millrace.model.Randomness;
import io.millrace.model.TopicIdPartition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A leader saw replicas fall behind or catch up (Kafka's AlterPartition, KIP-497 and KIP-903). Each partition is
/// answered by itself; one whose leader moves on with the change is done all the same, and the metadata says so.
///
/// @param nodeEpoch the life of the node that leads
/// @param earlier outcomes of changes that earlier steps decided
public record ChangeInSync(int nodeId, long nodeEpoch, List<InSyncChange> changes, List<Outcome> earlier)
        implements Command<List<Outcome>> {
    public ChangeInSync {
        changes = List.copyOf(changes);
        earlier = List.copyOf(earlier);
    }

    public ChangeInSync(int nodeId, long nodeEpoch, List<InSyncChange> changes) {
        this(nodeId, nodeEpoch, changes, List.of());
    }

    @Override
    public Decision<List<Outcome>> decide(MetadataImage image, Randomness randomness) {
        Optional<Outcome> refusal = NodeEpochs.refuse(nodeId, nodeEpoch, image);
        if (refusal.isPresent()) {
            return Decision.unchanged(image, refused(refusal.get()));
        }
        Decision.Draft draft = new Decision.Draft(image);
        NodeStandings nodes = NodeStandings.of(image);
        Set<TopicIdPartition> seen = new HashSet<>();
        List<Outcome> outcomes = new ArrayList<>(earlier);
        int end = Math.min(changes.size(), SettlePartitions.STEP_MAX);
        for (InSyncChange change : changes.subList(0, end)) {
            outcomes.add(
                    seen.add(new TopicIdPartition(change.topicId(), change.partition()))
                            ? change(change, image, nodes, draft)
                            : Outcome.refused(ErrorKind.INVALID_REQUEST, "The partition is named twice."));
        }
        return end == changes.size()
                ? draft.decision(outcomes)
                : draft.step(new ChangeInSync(nodeId, nodeEpoch, changes.subList(end, changes.size()), outcomes));
    }

    private Outcome change(InSyncChange change, MetadataImage image, NodeStandings nodes, Decision.Draft draft) {
        Optional<TopicView> topic = image.topic(change.topicId());
        if (topic.isEmpty()) {
            return Outcome.refused(ErrorKind.UNKNOWN_TOPIC_ID, "");
        }
        if (change.partition() < 0
                || change.partition() >= topic.get().partitions().size()) {
            return Outcome.refused(ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, "");
        }
        PartitionView partition = topic.get().partitions().get(change.partition());
        Optional<Outcome> refusal = refuseEpochs(change, partition).or(() -> refuseMembers(change, partition, image));
        if (refusal.isPresent()) {
            return refusal.get();
        }
        List<Integer> wanted = partition.replicas().stream()
                .filter(replica -> change.members().stream().anyMatch(member -> member.nodeId() == replica))
                .toList();
        new Election(partition, nodes, topic.get().settings())
                .inSync(wanted)
                .decide()
                .ifPresent(after -> draft.add(new PartitionChanged(change.topicId(), change.partition(), after)));
        return Outcome.OK;
    }

    /// A later epoch than ours means that we are not the controller any more and do not know it yet.
    private Optional<Outcome> refuseEpochs(InSyncChange change, PartitionView partition) {
        if (change.leaderEpoch() > partition.leaderEpoch() || change.partitionEpoch() > partition.partitionEpoch()) {
            return refusal(ErrorKind.NOT_CONTROLLER, "The leader knows a later epoch than this controller.");
        }
        if (change.leaderEpoch() < partition.leaderEpoch()) {
            return refusal(
                    ErrorKind.FENCED_LEADER_EPOCH,
                    "Leader epoch " + change.leaderEpoch() + " is over, it is " + partition.leaderEpoch() + " now.");
        }
        if (partition.leader() != nodeId) {
            return refusal(ErrorKind.INVALID_REQUEST, "Node " + nodeId + " does not lead the partition.");
        }
        return change.partitionEpoch() < partition.partitionEpoch()
                ? refusal(
                        ErrorKind.INVALID_UPDATE_VERSION,
                        "Partition epoch " + change.partitionEpoch() + " is over, it is " + partition.partitionEpoch()
                                + " now.")
                : Optional.empty();
    }

    private Optional<Outcome> refuseMembers(InSyncChange change, PartitionView partition, MetadataImage image) {
        Set<Integer> members = new HashSet<>();
        for (InSyncMember member : change.members()) {
            if (!members.add(member.nodeId()) || !partition.replicas().contains(member.nodeId())) {
                return refusal(
                        ErrorKind.INVALID_REQUEST, "Node " + member.nodeId() + " is no replica, or is named twice.");
            }
        }
        if (!members.contains(nodeId)) {
            return refusal(ErrorKind.INVALID_REQUEST, "The leader is not among those in sync.");
        }
        return change.members().stream()
                .filter(member -> !partition.isr().contains(member.nodeId()) && !isEligible(member, image))
                .findFirst()
                .flatMap(member -> refusal(
                        ErrorKind.INELIGIBLE_REPLICA,
                        "Node " + member.nodeId() + " is not active with epoch " + member.nodeEpoch() + "."));
    }

    private static boolean isEligible(InSyncMember member, MetadataImage image) {
        return image.isActive(member.nodeId())
                && image.registration(member.nodeId())
                                .map(NodeRegistered::epoch)
                                .orElse(-1L)
                        == member.nodeEpoch();
    }

    private static Optional<Outcome> refusal(ErrorKind error, String message) {
        return Optional.of(Outcome.refused(error, message));
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public List<Outcome> refused(Outcome why) {
        return Collections.nCopies(earlier.size() + changes.size(), why);
    }
}
