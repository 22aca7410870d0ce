package io.millrace.cluster.controller;

import io.millrace.broker.catalog.CatalogChanges.ConfigChanges;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.config.ConfigEdit;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.ConfigChanged;
import io.millrace.model.ErrorKind;
import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Changes settings of resources, each resource as a whole. What a setting means for who leads is settled along with
/// it: who may lead only because writes need more replicas than they are about to is forgotten first, for once it holds
/// a leader may acknowledge alone (KIP-966); whoever may lead now that loss is allowed is elected afterwards.
public record AlterConfigs(List<ConfigChanges> changes, boolean validateOnly) implements Command<List<Outcome>> {
    public AlterConfigs {
        changes = List.copyOf(changes);
    }

    @Override
    public Decision<List<Outcome>> decide(MetadataImage image, Randomness randomness) {
        Altered altered = alter(image);
        if (validateOnly) {
            return Decision.unchanged(image, altered.outcomes());
        }
        Map<TopicId, Integer> lowered = TopicSettingsShift.lowered(image, altered.draft());
        return lowered.isEmpty()
                ? write(image, altered)
                : new Decision.Draft(image)
                        .step(SettlePartitions.of(new SettlePartitions.Scope.Lowered(lowered), new Write(this)));
    }

    private static Decision<List<Outcome>> write(MetadataImage image, Altered altered) {
        Set<TopicId> lossy = TopicSettingsShift.allowingLoss(image, altered.draft());
        return lossy.isEmpty()
                ? altered.draft().decision(altered.outcomes())
                : altered.draft()
                        .step(SettlePartitions.of(
                                new SettlePartitions.Scope.OfTopics(lossy), new Tell(altered.outcomes())));
    }

    /// The second half: nobody is eligible to lead who would not be with the new settings. Nothing else was decided
    /// meanwhile.
    record Write(AlterConfigs wanted) implements Command<List<Outcome>> {
        @Override
        public Decision<List<Outcome>> decide(MetadataImage image, Randomness randomness) {
            return write(image, wanted.alter(image));
        }

        @Override
        public List<Outcome> refused(Outcome why) {
            return wanted.refused(why);
        }
    }

    /// The end: all is settled.
    record Tell(List<Outcome> outcomes) implements Command<List<Outcome>> {
        @Override
        public Decision<List<Outcome>> decide(MetadataImage image, Randomness randomness) {
            return Decision.unchanged(image, outcomes);
        }

        @Override
        public List<Outcome> refused(Outcome why) {
            return outcomes.stream().map(outcome -> why).toList();
        }
    }

    /// What all changes together come to.
    private record Altered(Decision.Draft draft, List<Outcome> outcomes) {}

    private Altered alter(MetadataImage image) {
        Set<ConfigResource> repeated = Repeated.keys(changes, ConfigChanges::resource);
        Decision.Draft draft = new Decision.Draft(image);
        List<Outcome> outcomes = new ArrayList<>(changes.size());
        for (ConfigChanges change : changes) {
            outcomes.add(
                    repeated.contains(change.resource())
                            ? Outcome.refused(ErrorKind.INVALID_REQUEST, "Each resource must appear at most once.")
                            : alter(change, draft));
        }
        return new Altered(draft, outcomes);
    }

    private static Outcome alter(ConfigChanges change, Decision.Draft draft) {
        MetadataImage image = draft.image();
        Optional<Outcome> missing = refuseResource(change.resource(), image);
        if (missing.isPresent()) {
            return missing.get();
        }
        Optional<Outcome> tooEarly = isCordon(change) ? Cordon.refusal(image) : Optional.empty();
        if (tooEarly.isPresent()) {
            return tooEarly.get();
        }
        if (isCordon(change) && change.resource().name().isEmpty()) {
            return Outcome.refused(
                    ErrorKind.INVALID_REQUEST,
                    "Cannot update these configs at default cluster level, broker id must be specified: ["
                            + Cordon.SETTING + "]");
        }
        Map<String, String> own = own(change.resource(), image);
        return switch (ConfigEdit.edit(change, own, image.nodeConfigs())) {
            case ConfigEdit.Refused refused -> refused.why();
            case ConfigEdit.Edited edited -> {
                Optional<Outcome> ofQueue = refuseQueue(change.resource(), own, edited.configs(), image);
                if (ofQueue.isPresent()) {
                    yield ofQueue.get();
                }
                addDifference(change.resource(), own, edited.configs(), draft);
                Cordon.follow(draft, change.resource());
                yield Outcome.OK;
            }
        };
    }

    private static Optional<Outcome> refuseQueue(
            ConfigResource resource, Map<String, String> before, Map<String, String> after, MetadataImage image) {
        return resource.kind() == ConfigResource.Kind.TOPIC
                ? image.topic(resource.name())
                        .flatMap(topic -> QueueTopicRules.refuseSettings(topic, before, after, image))
                : Optional.empty();
    }

    private static boolean isCordon(ConfigChanges change) {
        return change.resource().kind() == ConfigResource.Kind.NODE
                && change.changes().stream().anyMatch(each -> each.name().equals(Cordon.SETTING));
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
