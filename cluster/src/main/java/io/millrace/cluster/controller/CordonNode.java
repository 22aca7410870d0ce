package io.millrace.cluster.controller;

import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.model.ErrorKind;
import io.millrace.model.Randomness;
import java.util.Optional;

/// Whether a node gets new replicas from now on.
public record CordonNode(int nodeId, boolean cordoned) implements Command<Outcome> {
    @Override
    public Decision<Outcome> decide(MetadataImage image, Randomness randomness) {
        if (image.registration(nodeId).isEmpty()) {
            return Decision.unchanged(
                    image, Outcome.refused(ErrorKind.NODE_NOT_REGISTERED, "Node " + nodeId + " is not registered."));
        }
        Optional<Outcome> tooEarly = Cordon.refusal(image);
        if (tooEarly.isPresent()) {
            return Decision.unchanged(image, tooEarly.get());
        }
        Decision.Draft draft = new Decision.Draft(image);
        Cordon.set(draft, nodeId, cordoned);
        return draft.decision(Outcome.OK);
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public Outcome refused(Outcome why) {
        return why;
    }
}
