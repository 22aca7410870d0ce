package io.millrace.cluster.controller;

import io.millrace.broker.catalog.CatalogChanges.ConfigChanges;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.config.ConfigEdit;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.ConfigChanged;
import io.millrace.model.ErrorKind;
import io.millrace.model.Randomness;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Changes settings of resources, each resource as a whole.
public record AlterConfigs(List<ConfigChanges> changes, boolean validateOnly) implements Command<List<Outcome>> {
    @Override
    public Decision<List<Outcome>> decide(MetadataImage image, Randomness randomness) {
        Set<ConfigResource> repeated = Repeated.keys(changes, ConfigChanges::resource);
        Decision.Draft draft = new Decision.Draft(image);
        List<Outcome> outcomes = new ArrayList<>(changes.size());
        for (ConfigChanges change : changes) {
            outcomes.add(
                    repeated.contains(change.resource())
                            ? Outcome.refused(ErrorKind.INVALID_REQUEST, "Each resource must appear at most once.")
                            : alter(change, draft));
        }
        Decision<List<Outcome>> decision = draft.decision(outcomes);
        return validateOnly ? Decision.unchanged(image, outcomes) : decision;
    }

    private static Outcome alter(ConfigChanges change, Decision.Draft draft) {
        MetadataImage image = draft.image();
        Optional<Outcome> missing = refuseResource(change.resource(), image);
        if (missing.isPresent()) {
            return missing.get();
        }
        Map<String, String> own = own(change.resource(), image);
        return switch (ConfigEdit.edit(change, own, image.nodeConfigs())) {
            case ConfigEdit.Refused refused -> refused.why();
            case ConfigEdit.Edited edited -> {
                addDifference(change.resource(), own, edited.configs(), draft);
                yield Outcome.OK;
            }
        };
    }

    private static Map<String, String> own(ConfigResource resource, MetadataImage image) {
        return resource.kind() == ConfigResource.Kind.TOPIC
                ? image.topic(resource.name()).orElseThrow().overrides()
                : image.configs(resource);
    }

    private static void addDifference(
            ConfigResource resource, Map<String, String> before, Map<String, String> after, Decision.Draft draft) {
        TreeSet<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        Map<String, String> next = new TreeMap<>(after);
        for (String name : names) {
            Optional<String> value = Optional.ofNullable(next.get(name));
            if (!value.equals(Optional.ofNullable(before.get(name)))) {
                draft.add(new ConfigChanged(resource, name, value));
            }
        }
    }

    private static Optional<Outcome> refuseResource(ConfigResource resource, MetadataImage image) {
        return switch (resource.kind()) {
            case TOPIC -> refuseTopic(resource.name(), image);
            case NODE -> refuseNode(resource.name(), image);
            case NODE_LOGGER -> invalid("Log levels of a node are not changed through the controller.");
            case GROUP ->
                resource.name().isEmpty() ? invalid("Default group resources are not allowed.") : Optional.empty();
            case CLIENT_METRICS ->
                resource.name().isEmpty() ? invalid("Subscription name can't be empty") : Optional.empty();
        };
    }

    private static Optional<Outcome> refuseTopic(String name, MetadataImage image) {
        if (name.isEmpty()) {
            return invalid("Default topic resources are not allowed.");
        }
        return image.topic(name).isPresent()
                ? Optional.empty()
                : Optional.of(Outcome.refused(
                        ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, "The topic '" + name + "' does not exist."));
    }

    private static Optional<Outcome> refuseNode(String name, MetadataImage image) {
        if (name.isEmpty()) {
            return Optional.empty();
        }
        try {
            int node = Integer.parseInt(name);
            if (node < 0) {
                return invalid("Invalid negative broker ID.");
            }
            return image.registration(node).isPresent()
                    ? Optional.empty()
                    : invalid("No broker with id " + node + " is registered.");
        } catch (NumberFormatException e) {
            return invalid("Unable to parse broker name as a base 10 number.");
        }
    }

    private static Optional<Outcome> invalid(String message) {
        return Optional.of(Outcome.refused(ErrorKind.INVALID_REQUEST, message));
    }

    @Override
    public List<Outcome> refused(Outcome why) {
        return changes.stream().map(change -> why).toList();
    }
}
