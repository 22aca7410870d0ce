package io.millrace.cluster.controller;

import io.millrace.broker.catalog.FeatureRange;
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
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A node announces itself at its start, and is fenced until it has opened its logs. What its life before led or held
/// in sync goes to others first: this life may have lost what that one had not flushed. Asked twice by the same life,
/// the answer is the same. What the disk of a node that is not known holds, nobody can tell: somebody removed it, and
/// the one that comes may have nothing but its number. A node that can not work at what is finalised is not let in.
///
/// @param incarnation drawn at every start
/// @param directoryId the disk the node votes with
/// @param otherDirectories its other disks
/// @param features the levels it can work at
public record RegisterNode(
        int nodeId,
        TopicId incarnation,
        TopicId directoryId,
        List<TopicId> otherDirectories,
        String rack,
        List<NodeView.Endpoint> endpoints,
        Map<String, FeatureRange> features)
        implements Command<RegisterNode.Registered> {
    private static final Outcome NOT_A_NODE =
            Outcome.refused(ErrorKind.INVALID_REQUEST, "The registration has a field out of its range.");

    public RegisterNode {
        otherDirectories = List.copyOf(otherDirectories);
        endpoints = List.copyOf(endpoints);
        features = Map.copyOf(features);
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
        Optional<Outcome> tooOld = unsupported(image);
        if (tooOld.isPresent()) {
            return Decision.unchanged(image, refused(tooOld.get()));
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

    /// What is not named is not supported.
    private Optional<Outcome> unsupported(MetadataImage image) {
        for (Map.Entry<String, Integer> finalised : new TreeMap<>(image.features()).entrySet()) {
            FeatureRange range = features.getOrDefault(finalised.getKey(), new FeatureRange(0, 0));
            if (!range.includes(finalised.getValue())) {
                return Optional.of(Outcome.refused(
                        ErrorKind.UNSUPPORTED_VERSION,
                        "Unable to register because the broker does not support finalized version "
                                + finalised.getValue() + " of " + finalised.getKey()
                                + ". The broker wants a version between " + range.min() + " and " + range.max()
                                + ", inclusive."));
            }
        }
        return Optional.empty();
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
                endpoints,
                features);
    }

    /// The second half: the partitions know what this life of the node may be without.
    record Write(RegisterNode node) implements Command<Registered> {
        @Override
        public Decision<Registered> decide(MetadataImage image, Randomness randomness) {
            Decision.Draft draft = new Decision.Draft(image);
            if (MemoryQueues.forgetSome(draft, node.nodeId())) {
                return draft.step(this);
            }
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
