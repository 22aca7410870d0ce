package io.millrace.cluster.controller;

import io.millrace.broker.catalog.NodeView.Standing;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.NodeFenced;
import io.millrace.model.Randomness;
import java.util.Optional;

/// A node went silent: its leaderships go to others, and it is in sync no more.
///
/// @param nodeEpoch the life of the node that went silent; a later one is not meant
public record FenceNode(int nodeId, long nodeEpoch) implements Command<Outcome> {
    @Override
    public Decision<Outcome> decide(MetadataImage image, Randomness randomness) {
        Optional<Outcome> refusal = NodeEpochs.refuse(nodeId, nodeEpoch, image);
        if (refusal.isPresent()) {
            return Decision.unchanged(image, refusal.get());
        }
        if (image.registration(nodeId).orElseThrow().standing() == Standing.FENCED) {
            return Decision.unchanged(image, Outcome.OK);
        }
        Decision.Draft draft = new Decision.Draft(image);
        draft.add(new NodeFenced(nodeId));
        return draft.step(SettlePartitions.of(new SettlePartitions.Scope.HostedBy(nodeId)));
    }

    @Override
    public Outcome refused(Outcome why) {
        return why;
    }
}
