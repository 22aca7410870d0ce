package io.millrace.cluster.controller;

import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.FeatureLevelSet;
import io.millrace.model.Randomness;
import java.util.Map;
import java.util.TreeMap;

/// Sets features that a new cluster starts with: the newest levels of the build that first leads it. One that has any
/// gets others only when somebody asks for them: its other nodes may not know them.
public record FinaliseFeatures(Map<String, Integer> initial) implements Command<Outcome> {
    public FinaliseFeatures {
        initial = Map.copyOf(initial);
    }

    @Override
    public Decision<Outcome> decide(MetadataImage image, Randomness randomness) {
        if (!image.features().isEmpty()) {
            return Decision.unchanged(image, Outcome.OK);
        }
        Decision.Draft draft = new Decision.Draft(image);
        new TreeMap<>(initial)
                .forEach((feature, level) -> draft.add(
                        new FeatureLevelSet(feature, level, draft.image().featuresEpoch() + 1)));
        return draft.decision(Outcome.OK);
    }

    @Override
    public Outcome refused(Outcome why) {
        return why;
    }
}
