package io.millrace.cluster.controller;

import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.TopicView;
import io.millrace.broker.topology.QueueRef;
import io.millrace.cluster.config.TopicConfigs;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.model.ErrorKind;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What Kafka's tools may not do to a topic that holds a queue: delete it, give it partitions, or change what the queue
/// relies on, such as that nothing is cleaned away or too large. Where its replicas are, how many have to be in sync
/// and how durable it is are the operator's, as for any topic.
final class QueueTopicRules {
    private static final Set<String> OPERATORS = Set.of(
            "min.insync.replicas",
            "unclean.leader.election.enable",
            "leader.replication.throttled.replicas",
            "follower.replication.throttled.replicas",
            TopicConfigs.DURABILITY,
            TopicConfigs.MAJORITY_LAG,
            "segment.ms",
            "segment.jitter.ms",
            "segment.index.bytes",
            "index.interval.bytes",
            "file.delete.delay.ms",
            "flush.messages",
            "flush.ms",
            "preallocate");

    private QueueTopicRules() {}

    static Optional<Outcome> refuseDeletion(TopicView topic, MetadataImage image) {
        return queueOn(topic, image).map(queue -> refusal(queue, "delete the queue."));
    }

    static Optional<Outcome> refuseMorePartitions(TopicView topic, MetadataImage image) {
        return queueOn(topic, image).map(queue -> refusal(queue, "it has one partition."));
    }

    /// @param before the topic's own settings so far
    static Optional<Outcome> refuseSettings(
            TopicView topic, Map<String, String> before, Map<String, String> after, MetadataImage image) {
        TreeSet<String> changed = new TreeSet<>(before.keySet());
        changed.addAll(after.keySet());
        changed.removeIf(name -> OPERATORS.contains(name) || Objects.equals(before.get(name), after.get(name)));
        return changed.isEmpty()
                ? Optional.empty()
                : queueOn(topic, image)
                        .map(queue -> refusal(queue, String.join(", ", changed) + " can not be changed."));
    }

    private static Optional<QueueRef> queueOn(TopicView topic, MetadataImage image) {
        return image.topology().queueOn(topic.id());
    }

    private static Outcome refusal(QueueRef queue, String why) {
        return Outcome.refused(ErrorKind.POLICY_VIOLATION, "The topic holds the messages of " + queue + ": " + why);
    }
}
