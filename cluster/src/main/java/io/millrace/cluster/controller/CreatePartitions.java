package io.millrace.cluster.controller;

import io.millrace.broker.catalog.CatalogChanges.MorePartitions;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.PartitionsCreated;
import io.millrace.model.ErrorKind;
import io.millrace.model.Randomness;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Adds partitions to topics.
public record CreatePartitions(List<MorePartitions> topics, boolean validateOnly) implements Command<List<Outcome>> {
    @Override
    public Decision<List<Outcome>> decide(MetadataImage image, Randomness randomness) {
        Set<String> repeated = Repeated.keys(topics, MorePartitions::topic);
        Decision.Draft draft = new Decision.Draft(image);
        List<Outcome> outcomes = new ArrayList<>(topics.size());
        long left = CreateTopics.PARTITIONS_MAX;
        for (MorePartitions topic : topics) {
            int before = partitionCount(draft.image(), topic.topic());
            outcomes.add(
                    repeated.contains(topic.topic())
                            ? Outcome.refused(ErrorKind.INVALID_REQUEST, "Duplicate topic in request.")
                            : extend(topic, draft, left, randomness));
            left -= partitionCount(draft.image(), topic.topic()) - before;
        }
        Decision<List<Outcome>> decision = draft.decision(outcomes);
        return validateOnly ? Decision.unchanged(image, outcomes) : decision;
    }

    private static int partitionCount(MetadataImage image, String topic) {
        return image.topic(topic).map(view -> view.partitions().size()).orElse(0);
    }

    private static Outcome extend(MorePartitions more, Decision.Draft draft, long left, Randomness randomness) {
        TopicView topic = draft.image().topic(more.topic()).orElse(null);
        if (topic == null) {
            return Outcome.refused(ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, "");
        }
        Optional<Outcome> ofQueue = QueueTopicRules.refuseMorePartitions(topic, draft.image());
        if (ofQueue.isPresent()) {
            return ofQueue.get();
        }
        int count = topic.partitions().size();
        if (more.total() == count) {
            return Outcome.refused(ErrorKind.INVALID_PARTITIONS, "Topic already has " + count + " partition(s).");
        }
        if (more.total() < count) {
            return Outcome.refused(
                    ErrorKind.INVALID_PARTITIONS,
                    "The topic " + more.topic() + " currently has " + count + " partition(s); " + more.total()
                            + " would not be an increase.");
        }
        int additional = more.total() - count;
        if (additional > left) {
            return Outcome.refused(
                    ErrorKind.POLICY_VIOLATION, "Excessively large number of additional partitions per request.");
        }
        return switch (hosts(more, topic, additional, draft.image(), randomness)) {
            case Replicas.Hosts.Refused refused -> refused.why();
            case Replicas.Hosts.Chosen chosen -> {
                draft.add(new PartitionsCreated(topic.id(), count, chosen.partitions()));
                yield Outcome.OK;
            }
        };
    }

    private static Replicas.Hosts hosts(
            MorePartitions more, TopicView topic, int additional, MetadataImage image, Randomness randomness) {
        int factor = topic.partitions().getFirst().replicas().size();
        if (more.assignment().isEmpty()) {
            return new Replicas(image).place(additional, factor, randomness);
        }
        if (more.assignment().size() != additional) {
            return new Replicas.Hosts.Refused(Outcome.refused(
                    ErrorKind.INVALID_REPLICA_ASSIGNMENT,
                    "Attempted to add " + additional + " additional partition(s), but only "
                            + more.assignment().size() + " assignment(s) were specified."));
        }
        return new Replicas(image).check(more.assignment(), OptionalInt.of(factor));
    }

    @Override
    public List<Outcome> refused(Outcome why) {
        return topics.stream().map(topic -> why).toList();
    }
}
