package io.millrace.cluster.controller;

import io.millrace.broker.catalog.ClusterChanges.FeatureChange;
import io.millrace.broker.catalog.FeatureRange;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.MetadataRecord.FeatureLevelSet;
import io.millrace.cluster.metadata.MetadataRecord.NodeRegistered;
import io.millrace.model.ErrorKind;
import io.millrace.model.Randomness;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Moves features to other levels (KIP-584, KIP-778): all of them or none, and none to a level that one registered node
/// can not work at, whether it runs now or not. What was written at a level of [MetadataLevel] stays in the log, so
/// there is no way down from it.
public record UpdateFeatures(List<FeatureChange> changes, boolean validateOnly) implements Command<Outcome> {
    /// Of a feature nobody named: its level is 0.
    private static final FeatureRange NONE = new FeatureRange(0, 0);

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
        if (change.level() < 0) {
            return invalid(change, "A feature version cannot be less than 0.");
        }
        Optional<String> unable = unable(change, image);
        if (unable.isPresent()) {
            return invalid(change, unable.get());
        }
        return refuseDirection(change, level(change, image));
    }

    private static Optional<Outcome> refuseDirection(FeatureChange change, int now) {
        if (change.level() > now && change.downgrade()) {
            return invalid(change, "Can't downgrade to a newer version.");
        }
        if (change.level() >= now) {
            return Optional.empty();
        }
        if (!change.downgrade()) {
            return invalid(
                    change,
                    "Can't downgrade the version of this feature without setting the upgrade type to either safe or"
                            + " unsafe downgrade.");
        }
        return change.feature().equals(MetadataLevel.FEATURE)
                ? refusal(
                        ErrorKind.INVALID_UPDATE_VERSION,
                        "Unsupported " + MetadataLevel.FEATURE + " downgrade from " + now + " to " + change.level()
                                + ". "
                                + (change.unsafe()
                                        ? "Unsafe metadata downgrade is not supported in this version."
                                        : "Refusing to perform the requested downgrade because it might delete"
                                                + " metadata information."))
                : Optional.empty();
    }

    /// Why a node could not go on, the controller first.
    private static Optional<String> unable(FeatureChange change, MetadataImage image) {
        int controller = image.controllerId();
        return Stream.concat(
                        Stream.of(unable(change, "Local controller " + controller, image.registration(controller))),
                        image.nodes().stream()
                                .sorted(Comparator.comparingInt(NodeView::id))
                                .map(node -> unable(change, "Broker " + node.id(), image.registration(node.id()))))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> unable(FeatureChange change, String who, Optional<NodeRegistered> node) {
        FeatureRange range = node.map(NodeRegistered::features).orElse(Map.of()).getOrDefault(change.feature(), NONE);
        if (range.includes(change.level())) {
            return Optional.empty();
        }
        return Optional.of(
                range.equals(NONE)
                        ? who + " does not support this feature."
                        : who + " only supports versions " + range.words());
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
