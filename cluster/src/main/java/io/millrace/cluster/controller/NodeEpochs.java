package io.millrace.cluster.controller;

import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.NodeRegistered;
import io.millrace.model.ErrorKind;
import java.util.Optional;

/// Whether who asks is the life of the node that is registered now.
public final class NodeEpochs {
    private NodeEpochs() {}

    public static Optional<Outcome> refuse(int nodeId, long nodeEpoch, MetadataImage image) {
        Optional<NodeRegistered> node = image.registration(nodeId);
        if (node.isEmpty()) {
            return Optional.of(
                    Outcome.refused(ErrorKind.NODE_NOT_REGISTERED, "Broker ID " + nodeId + " is not registered."));
        }
        long expected = node.get().epoch();
        return expected == nodeEpoch
                ? Optional.empty()
                : Optional.of(Outcome.refused(
                        ErrorKind.STALE_NODE_EPOCH,
                        "Expected broker epoch " + expected + ", but got broker epoch " + nodeEpoch));
    }
}
