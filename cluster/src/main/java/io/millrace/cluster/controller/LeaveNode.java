package io.millrace.cluster.controller;

import io.millrace.broker.catalog.NodeView.Standing;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.NodeLeaving;
import io.millrace.model.Randomness;
import java.util.Optional;

/// A node is about to stop: others take over what they can while it still serves.
public record LeaveNode(int nodeId, long nodeEpoch) implements Command<Outcome> {
    @Override
    public Decision<Outcome> decide(MetadataImage image, Randomness randomness) {
        Optional<Outcome> refusal = NodeEpochs.refuse(nodeId, nodeEpoch, image);
        if (refusal.isPresent()) {
            return Decision.unchanged(image, refusal.get());
        }
        if (image.registration(nodeId).orElseThrow().standing() != Standing.ACTIVE || isAlone(image)) {
            return Decision.unchanged(image, Outcome.OK);
        }
        Decision.Draft draft = new Decision.Draft(image);
        draft.add(new NodeLeaving(nodeId));
        return draft.step(SettlePartitions.of(new SettlePartitions.Scope.HostedBy(nodeId)));
    }

    private boolean isAlone(MetadataImage image) {
        return image.nodes().stream().allMatch(node -> node.id() == nodeId);
    }

    /// Whether nobody would take over more by waiting: what the node still leads has no other live replica.
    public static boolean mayStop(int nodeId, MetadataImage image) {
        if (image.nodes().size() == 1) {
            return true;
        }
        boolean isActive = image.registration(nodeId)
                .filter(node -> node.standing() == Standing.ACTIVE)
                .isPresent();
        return !isActive
                && PartitionCursor.START
                        .walk(image, (topic, partition) -> !waitsForSuccessor(nodeId, partition, image))
                        .isEmpty();
    }

    private static boolean waitsForSuccessor(int nodeId, PartitionView partition, MetadataImage image) {
        return partition.leader() == nodeId
                && partition.replicas().size() > 1
                && partition.replicas().stream().anyMatch(image::isActive);
    }

    @Override
    public Outcome refused(Outcome why) {
        return why;
    }
}
