package io.millrace.cluster.controller;

import io.millrace.broker.catalog.ConfigResource.Kind;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.ConfigChanged;
import io.millrace.model.TopicId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// For which topics a change of settings matters to who may lead. A setting of nodes is one of all topics that do not
/// have their own.
final class TopicSettingsShift {
    private static final Set<String> MATTERING = Set.of("min.insync.replicas", "unclean.leader.election.enable");

    private TopicSettingsShift() {}

    /// Topics that need fewer replicas in sync afterwards, with how many they need then.
    static Map<TopicId, Integer> lowered(MetadataImage before, Decision.Draft draft) {
        return touched(before, draft)
                .filter(topic -> minimum(draft.image(), topic) < minimum(before, topic))
                .collect(Collectors.toMap(TopicView::id, topic -> minimum(draft.image(), topic)));
    }

    /// Topics that prefer loss to nobody afterwards, and did not before.
    static Set<TopicId> allowingLoss(MetadataImage before, Decision.Draft draft) {
        return touched(before, draft)
                .filter(topic -> allowsLoss(draft.image(), topic) && !allowsLoss(before, topic))
                .map(TopicView::id)
                .collect(Collectors.toSet());
    }

    private static int minimum(MetadataImage image, TopicView topic) {
        return in(image, topic).settings().minInSyncReplicas();
    }

    private static boolean allowsLoss(MetadataImage image, TopicView topic) {
        return in(image, topic).settings().uncleanLeaderElection();
    }

    private static TopicView in(MetadataImage image, TopicView topic) {
        return image.topic(topic.id()).orElseThrow();
    }

    private static Stream<TopicView> touched(MetadataImage image, Decision.Draft draft) {
        List<ConfigChanged> changes = draft.records().stream()
                .filter(ConfigChanged.class::isInstance)
                .map(ConfigChanged.class::cast)
                .filter(change -> MATTERING.contains(change.name()))
                .toList();
        if (changes.stream().anyMatch(change -> change.resource().kind() == Kind.NODE)) {
            return image.topicsFrom("").stream();
        }
        return changes.stream()
                .filter(change -> change.resource().kind() == Kind.TOPIC)
                .map(change -> change.resource().name())
                .distinct()
                .flatMap(name -> image.topic(name).stream());
    }
}
