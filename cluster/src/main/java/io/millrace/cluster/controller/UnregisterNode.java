package io.millrace.cluster.controller;

import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.NodeUnregistered;
import io.millrace.model.ErrorKind;
import io.millrace.model.Randomness;

/// Forgets a node that is gone for good. Its replicas stay assigned, as in Kafka: who wants them elsewhere reassigns
/// them. Should it return after all, it counts as one with empty disks; see [RegisterNode].
public record UnregisterNode(int nodeId) implements Command<Outcome> {
    @Override
    public Decision<Outcome> decide(MetadataImage image, Randomness randomness) {
        if (image.registration(nodeId).isEmpty()) {
            return Decision.unchanged(
                    image,
                    Outcome.refused(
                            ErrorKind.NODE_NOT_REGISTERED, "Broker ID " + nodeId + " is not currently registered"));
        }
        Decision.Draft draft = new Decision.Draft(image);
        if (MemoryQueues.forgetSome(draft, nodeId)) {
            return draft.step(this);
        }
        draft.add(new NodeUnregistered(nodeId));
        return draft.step(SettlePartitions.of(new SettlePartitions.Scope.HostedBy(nodeId)));
    }

    @Override
    public Outcome refused(Outcome why) {
        return why;
    }
}
