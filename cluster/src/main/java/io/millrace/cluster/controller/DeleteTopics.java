package io.millrace.cluster.controller;

import io.millrace.broker.catalog.CatalogChanges.DeletedTopicReply;
import io.millrace.broker.catalog.CatalogChanges.TopicRef;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.config.NodeSettings;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.TopicDeleted;
import io.millrace.model.ErrorKind;
import io.millrace.model.Randomness;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Deletes topics by name or id.
public record DeleteTopics(List<TopicRef> topics) implements Command<List<DeletedTopicReply>> {
    @Override
    public Decision<List<DeletedTopicReply>> decide(MetadataImage image, Randomness randomness) {
        if (!new NodeSettings(image.nodeConfigs()).bool("delete.topic.enable")) {
            return Decision.unchanged(
                    image, refused(Outcome.refused(ErrorKind.TOPIC_DELETION_DISABLED, "Topic deletion is disabled.")));
        }
        Decision.Draft draft = new Decision.Draft(image);
        List<DeletedTopicReply> replies = new ArrayList<>(topics.size());
        for (TopicRef ref : topics) {
            replies.add(delete(ref, image, draft));
        }
        return draft.decision(replies);
    }

    private static DeletedTopicReply delete(TopicRef ref, MetadataImage before, Decision.Draft draft) {
        MetadataImage image = draft.image();
        Optional<TopicView> topic = find(ref, image);
        Optional<Outcome> ofQueue = topic.flatMap(there -> QueueTopicRules.refuseDeletion(there, image));
        if (ofQueue.isPresent()) {
            return new DeletedTopicReply(ref.name(), ref.id(), ofQueue.get());
        }
        if (topic.isPresent()) {
            draft.add(new TopicDeleted(topic.get().id()));
            return new DeletedTopicReply(topic.get().name(), topic.get().id(), Outcome.OK);
        }
        if (find(ref, before).isPresent()) {
            return new DeletedTopicReply(
                    ref.name(), ref.id(), Outcome.refused(ErrorKind.INVALID_REQUEST, duplicate(ref)));
        }
        ErrorKind error = ref.name().isEmpty() ? ErrorKind.UNKNOWN_TOPIC_ID : ErrorKind.UNKNOWN_TOPIC_OR_PARTITION;
        return new DeletedTopicReply(ref.name(), ref.id(), Outcome.refused(error, ""));
    }

    private static String duplicate(TopicRef ref) {
        return ref.name().isEmpty() ? "Duplicate topic id." : "Duplicate topic name.";
    }

    private static Optional<TopicView> find(TopicRef ref, MetadataImage image) {
        return ref.name().isEmpty() ? image.topic(ref.id()) : image.topic(ref.name());
    }

    @Override
    public List<DeletedTopicReply> refused(Outcome why) {
        return topics.stream()
                .map(ref -> new DeletedTopicReply(ref.name(), ref.id(), why))
                .toList();
    }
}
