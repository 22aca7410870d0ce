package io.millrace.cluster.controller;

import io.millrace.broker.catalog.CatalogChanges.NewTopic;
import io.millrace.broker.catalog.CatalogChanges.NewTopicReply;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.config.NodeSettings;
import io.millrace.cluster.config.TopicConfigCheck;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.PartitionsCreated;
import io.millrace.cluster.metadata.MetadataRecord.TopicCreated;
import io.millrace.cluster.metadata.PartitionState;
import io.millrace.cluster.metadata.RecordCodec;
import io.millrace.model.ErrorKind;
import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Creates topics, each whole or not at all.
///
public record CreateTopics(List<NewTopic> topics, boolean validateOnly) implements Command<List<NewTopicReply>> {
    /// Partitions one command may ask for in all.
    static final int PARTITIONS_MAX = RecordCodec.PARTITIONS_MAX;

    private static final int DEFAULT = -1;

    @Override
    public Decision<List<NewTopicReply>> decide(MetadataImage image, Randomness randomness) {
        Set<String> repeated = Repeated.keys(topics, NewTopic::name);
        if (partitionsAsked() > PARTITIONS_MAX) {
            return Decision.unchanged(
                    image,
                    refused(Outcome.refused(
                            ErrorKind.POLICY_VIOLATION, "Excessively large number of partitions per request.")));
        }
        Decision.Draft draft = new Decision.Draft(image);
        Replicas replicas = new Replicas(image);
        List<Outcome> outcomes = new ArrayList<>(topics.size());
        for (NewTopic topic : topics) {
            outcomes.add(
                    repeated.contains(topic.name())
                            ? Outcome.refused(ErrorKind.INVALID_REQUEST, "Duplicate topic name.")
                            : create(topic, replicas, draft, randomness));
        }
        Decision<?> decided = draft.decision(outcomes);
        List<NewTopicReply> replies = replies(outcomes, decided.after());
        return validateOnly
                ? Decision.unchanged(image, replies)
                : new Decision<>(decided.records(), decided.after(), decided.changes(), replies, Optional.empty());
    }

    private long partitionsAsked() {
        return topics.stream()
                .mapToLong(
                        topic -> Math.max(topic.partitions(), topic.assignment().size()))
                .sum();
    }

    private List<NewTopicReply> replies(List<Outcome> outcomes, MetadataImage after) {
        List<NewTopicReply> replies = new ArrayList<>(topics.size());
        for (int at = 0; at < topics.size(); at++) {
            String name = topics.get(at).name();
            Outcome outcome = outcomes.get(at);
            replies.add(new NewTopicReply(
                    name, outcome, outcome.isOk() ? after.topic(name).orElseThrow() : null));
        }
        return replies;
    }

    private Outcome create(NewTopic topic, Replicas replicas, Decision.Draft draft, Randomness randomness) {
        MetadataImage image = draft.image();
        return TopicNames.refuse(topic.name(), image)
                .or(() -> TopicConfigCheck.refuse(topic.configs(), image.nodeConfigs())
                        .map(why -> Outcome.refused(ErrorKind.INVALID_CONFIG, why)))
                .orElseGet(() -> switch (hosts(topic, image, replicas, randomness)) {
                    case Replicas.Hosts.Refused refused -> refused.why();
                    case Replicas.Hosts.Chosen chosen -> accept(topic, chosen.partitions(), draft, randomness);
                });
    }

    private Outcome accept(
            NewTopic topic, List<PartitionState> partitions, Decision.Draft draft, Randomness randomness) {
        TopicId id = TopicId.random(randomness);
        Map<String, String> configs = new HashMap<>();
        topic.configs().forEach((name, value) -> configs.put(name, String.valueOf(value)));
        draft.add(new TopicCreated(id, topic.name(), TopicNames.isInternal(topic.name()), configs));
        draft.add(new PartitionsCreated(id, 0, partitions));
        return Outcome.OK;
    }

    private static Replicas.Hosts hosts(NewTopic topic, MetadataImage image, Replicas replicas, Randomness randomness) {
        return topic.assignment().isEmpty() ? placed(topic, image, replicas, randomness) : assigned(topic, replicas);
    }

    private static Replicas.Hosts placed(
            NewTopic topic, MetadataImage image, Replicas replicas, Randomness randomness) {
        if (topic.replicationFactor() < DEFAULT || topic.replicationFactor() == 0) {
            return refused(
                    ErrorKind.INVALID_REPLICATION_FACTOR,
                    "Replication factor must be larger than 0, or -1 to use the default value.");
        }
        if (topic.partitions() < DEFAULT || topic.partitions() == 0) {
            return refused(
                    ErrorKind.INVALID_PARTITIONS, "Number of partitions was set to an invalid non-positive value.");
        }
        NodeSettings defaults = new NodeSettings(image.nodeConfigs());
        int partitions = topic.partitions() == DEFAULT ? defaults.intValue("num.partitions") : topic.partitions();
        int factor = topic.replicationFactor() == DEFAULT
                ? defaults.intValue("default.replication.factor")
                : topic.replicationFactor();
        return replicas.place(partitions, factor, randomness);
    }

    private static Replicas.Hosts assigned(NewTopic topic, Replicas replicas) {
        if (topic.replicationFactor() != DEFAULT) {
            return refused(
                    ErrorKind.INVALID_REQUEST,
                    "A manual partition assignment was specified, but replication factor was not set to -1.");
        }
        if (topic.partitions() != DEFAULT) {
            return refused(
                    ErrorKind.INVALID_REQUEST,
                    "A manual partition assignment was specified, but numPartitions was not set to -1.");
        }
        List<List<Integer>> inOrder = new ArrayList<>();
        for (int partition = 0; partition < topic.assignment().size(); partition++) {
            List<Integer> wanted = topic.assignment().get(partition);
            if (wanted == null) {
                return refused(
                        ErrorKind.INVALID_REPLICA_ASSIGNMENT,
                        "partitions should be a consecutive 0-based integer sequence");
            }
            inOrder.add(wanted);
        }
        return replicas.check(inOrder, OptionalInt.empty());
    }

    private static Replicas.Hosts refused(ErrorKind error, String message) {
        return new Replicas.Hosts.Refused(Outcome.refused(error, message));
    }

    @Override
    public List<NewTopicReply> refused(Outcome why) {
        return topics.stream()
                .map(topic -> new NewTopicReply(topic.name(), why, null))
                .toList();
    }
}
