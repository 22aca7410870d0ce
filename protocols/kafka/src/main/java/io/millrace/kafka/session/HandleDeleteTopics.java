package io.millrace.kafka.session;

import io.millrace.broker.catalog.CatalogChanges;
import io.millrace.broker.catalog.CatalogChanges.DeletedTopicReply;
import io.millrace.broker.catalog.CatalogChanges.TopicRef;
import io.millrace.broker.catalog.Outcome;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Messages;
import io.millrace.kafka.mapping.Uuids;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.requests.DeleteTopicsRequest;
import org.apache.kafka.common.requests.DeleteTopicsResponse;

/// DeleteTopics (key 20), by name or, from version 6, by id (KIP-516).
final class HandleDeleteTopics implements Handler<DeleteTopicsRequest> {
    private final CatalogChanges changes;

    HandleDeleteTopics(CatalogChanges changes) {
        this.changes = changes;
    }

    @Override
    public void handle(DeleteTopicsRequest request, RequestContext context, Reply reply) {
        DeleteTopicsResponseData data = new DeleteTopicsResponseData();
        List<TopicRef> wanted = new ArrayList<>();
        Set<TopicRef> seen = new LinkedHashSet<>();
        for (DeleteTopicState topic : request.topics()) {
            TopicRef asked = new TopicRef(topic.name() == null ? "" : topic.name(), Uuids.topicId(topic.topicId()));
            Outcome outcome = seen.add(asked)
                    ? complaint(asked)
                    : Outcome.refused(ErrorKind.INVALID_REQUEST, "Named more than once.");
            if (outcome.isOk()) {
                wanted.add(asked);
            } else {
                data.responses().add(answer(new DeletedTopicReply(asked.name(), asked.id(), outcome)));
            }
        }
        if (wanted.isEmpty()) {
            reply.send(new DeleteTopicsResponse(data));
            return;
        }
        changes.deleteTopics(wanted, deleted -> {
            for (DeletedTopicReply topic : deleted) {
                data.responses().add(answer(topic));
            }
            reply.send(new DeleteTopicsResponse(data));
        });
    }

    private static Outcome complaint(TopicRef asked) {
        if (asked.name().isEmpty() == asked.id().isNone()) {
            return Outcome.refused(ErrorKind.INVALID_REQUEST, "Exactly one of topic name and topic id must be given.");
        }
        return Outcome.OK;
    }

    private static DeletableTopicResult answer(DeletedTopicReply topic) {
        boolean byUnknownId = topic.name().isEmpty() && !topic.id().equals(TopicId.NONE);
        return new DeletableTopicResult()
                .setName(byUnknownId ? null : topic.name())
                .setTopicId(Uuids.of(topic.id()))
                .setErrorCode(ErrorCodes.code(topic.outcome().error()))
                .setErrorMessage(Messages.of(topic.outcome()));
    }
}
