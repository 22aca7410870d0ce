package io.millrace.cluster.controller;

import io.millrace.broker.catalog.NodeView.Standing;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.NodeUnfenced;
import io.millrace.model.Randomness;
import java.util.Optional;

/// A fenced node has caught up with the metadata and opened its logs: it leads what waits for it.
public record UnfenceNode(int nodeId, long nodeEpoch) implements Command<Outcome> {
    @Override
    public Decision<Outcome> decide(MetadataImage image, Randomness randomness) {
        Optional<Outcome> refusal = NodeEpochs.refuse(nodeId, nodeEpoch, image);
        if (refusal.isPresent()) {
            return Decision.unchanged(image, refusal.get());
        }
        if (image.registration(nodeId).orElseThrow().standing() != Standing.FENCED) {
            return Decision.unchanged(image, Outcome.OK);
        }
        Decision.Draft draft = new Decision.Draft(image);
        draft.add(new NodeUnfenced(nodeId));
        return draft.step(SettlePartitions.of(new SettlePartitions.Scope.HostedBy(nodeId)));
    }

    @Override
    public Outcome refused(Outcome why) {
        return why;
    }
}
