package io.millrace.cluster.controller;

import io.millrace.broker.catalog.ClusterChanges.FeatureChange;
import io.millrace.broker.catalog.FeatureRange;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.FeatureLevelSet;
import io.millrace.model.ErrorKind;
import io.millrace.model.Randomness;
import java.util.List;
import java.util.Optional;

/// Moves features to other levels (KIP-584, KIP-778): all of them or none.
public record UpdateFeatures(List<FeatureChange> changes, boolean validateOnly) implements Command<Outcome> {
    public UpdateFeatures {
        changes = List.copyOf(changes);
    }

    @Override
    public Decision<Outcome> decide(MetadataImage image, Randomness randomness) {
        if (changes.isEmpty()) {
            return Decision.unchanged(
                    image,
                    Outcome.refused(
                            ErrorKind.INVALID_REQUEST,
                            "Can not provide empty FinalizedFeatureUpdates in the request."));
        }
        Decision.Draft draft = new Decision.Draft(image);
        for (FeatureChange change : changes) {
            Optional<Outcome> refusal = refuse(change, draft.image());
            if (refusal.isPresent()) {
                return Decision.unchanged(image, refusal.get());
            }
            if (level(change, draft.image()) != change.level()) {
                draft.add(new FeatureLevelSet(
                        change.feature(), change.level(), draft.image().featuresEpoch() + 1));
            }
        }
        return validateOnly ? Decision.unchanged(image, Outcome.OK) : draft.decision(Outcome.OK);
    }

    private static int level(FeatureChange change, MetadataImage image) {
        return image.features().getOrDefault(change.feature(), 0);
    }

    private static Optional<Outcome> refuse(FeatureChange change, MetadataImage image) {
        if (change.feature().isEmpty()) {
            return refusal(ErrorKind.INVALID_REQUEST, "Can not provide an empty feature name.");
        }
        FeatureRange range = FeatureRange.SUPPORTED.get(change.feature());
        if (range == null) {
            return invalid(change, "Local controller " + image.controllerId() + " does not support this feature.");
        }
        if (change.level() < 0) {
            return invalid(change, "A feature version cannot be less than 0.");
        }
        if (change.level() < range.min() || change.level() > range.max()) {
            return invalid(
                    change,
                    "Local controller " + image.controllerId() + " only supports versions " + range.min() + "-"
                            + range.max());
        }
        if (change.level() < level(change, image) && !change.downgrade()) {
            return invalid(
                    change,
                    "Can't downgrade the version of this feature without setting the upgrade type to either safe or"
                            + " unsafe downgrade.");
        }
        return Optional.empty();
    }

    private static Optional<Outcome> invalid(FeatureChange change, String why) {
        return refusal(
                ErrorKind.INVALID_UPDATE_VERSION,
                "Invalid update version " + change.level() + " for feature " + change.feature() + ". " + why);
    }

    private static Optional<Outcome> refusal(ErrorKind error, String message) {
        return Optional.of(Outcome.refused(error, message));
    }

    @Override
    public Outcome refused(Outcome why) {
        return why;
    }
}
