package io.millrace.cluster.controller;

import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.NodeView.Standing;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.NodeRegistered;
import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import java.util.List;

/// A node announces itself at its start.
public record RegisterNode(
        int nodeId, TopicId incarnation, TopicId directoryId, String rack, List<NodeView.Endpoint> endpoints)
        implements Command<Outcome> {
    @Override
    public Decision<Outcome> decide(MetadataImage image, Randomness randomness) {
        NodeRegistered registered = new NodeRegistered(
                nodeId, image.lastNodeEpoch() + 1, incarnation, directoryId, rack, Standing.ACTIVE, endpoints);
        Decision.Draft draft = new Decision.Draft(image);
        draft.add(registered);
        return draft.decision(Outcome.OK);
    }

    @Override
    public Outcome refused(Outcome why) {
        return why;
    }
}
