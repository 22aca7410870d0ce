package io.millrace.cluster.controller;

import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.NodeView.Standing;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.NodeFenced;
import io.millrace.cluster.metadata.MetadataRecord.NodeRegistered;
import io.millrace.cluster.metadata.RecordCodec;
import io.millrace.model.ErrorKind;
import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import java.util.List;
import java.util.Optional;

/// A node announces itself at its start, and is fenced until it has opened its logs. What its life before led or held
/// in sync goes to others first: this life may have lost what that one had not flushed. Asked twice by the same life,
/// the answer is the same. What the disk of a node that is not known holds, nobody can tell: somebody removed it, and
/// the one that comes may have nothing but its number.
///
/// @param incarnation drawn at every start
/// @param directoryId the disk the node votes with
/// @param otherDirectories its other disks
public record RegisterNode(
        int nodeId,
        TopicId incarnation,
        TopicId directoryId,
        List<TopicId> otherDirectories,
        String rack,
        List<NodeView.Endpoint> endpoints)
        implements Command<RegisterNode.Registered> {
    private static final Outcome NOT_A_NODE =
            Outcome.refused(ErrorKind.INVALID_REQUEST, "The registration has a field out of its range.");

    public RegisterNode {
        otherDirectories = List.copyOf(otherDirectories);
        endpoints = List.copyOf(endpoints);
    }

    /// A node with one disk.
    public RegisterNode(
            int nodeId, TopicId incarnation, TopicId directoryId, String rack, List<NodeView.Endpoint> endpoints) {
        this(nodeId, incarnation, directoryId, List.of(), rack, endpoints);
    }

    /// @param epoch of this life of the node, when the outcome is good
    public record Registered(Outcome outcome, long epoch) {}

    @Override
    public Decision<Registered> decide(MetadataImage image, Randomness randomness) {
        if (!RecordCodec.isWritable(registered(image))) {
            return Decision.unchanged(image, refused(NOT_A_NODE));
        }
        Optional<NodeRegistered> known = image.registration(nodeId);
        if (known.filter(node -> node.incarnation().equals(incarnation)).isPresent()) {
            return Decision.unchanged(
                    image, new Registered(Outcome.OK, known.get().epoch()));
        }
        Decision.Draft draft = new Decision.Draft(image);
        if (known.filter(node -> !node.fenced()).isPresent()) {
            draft.add(new NodeFenced(nodeId));
        }
        // Written down at the end: what fails in between is asked again in full, by a node that is not known yet.
        return draft.step(SettlePartitions.of(whatHappened(known), new Write(this)));
    }

    /// What the disk of an unknown node holds nobody can tell, nor what was on a disk that is missing.
    private SettlePartitions.Scope whatHappened(Optional<NodeRegistered> known) {
        if (known.filter(node -> node.directoryId().equals(directoryId)).isEmpty()) {
            return new SettlePartitions.Scope.Emptied(nodeId);
        }
        return otherDirectories.containsAll(known.get().otherDirectories())
                ? new SettlePartitions.Scope.Restarted(nodeId)
                : new SettlePartitions.Scope.LostDisk(nodeId);
    }

    private NodeRegistered registered(MetadataImage image) {
        return new NodeRegistered(
                nodeId,
                image.lastNodeEpoch() + 1,
                incarnation,
                directoryId,
                otherDirectories,
                rack,
                Standing.FENCED,
                endpoints);
    }

    /// The second half: the partitions know what this life of the node may be without.
    record Write(RegisterNode node) implements Command<Registered> {
        @Override
        public Decision<Registered> decide(MetadataImage image, Randomness randomness) {
            Decision.Draft draft = new Decision.Draft(image);
            draft.add(node.registered(image));
            return draft.decision(new Registered(Outcome.OK, image.lastNodeEpoch() + 1));
        }

        @Override
        public Registered refused(Outcome why) {
            return node.refused(why);
        }
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public Registered refused(Outcome why) {
        return new Registered(why, 0);
    }
}
