package io.millrace.kafka.session;

import io.millrace.broker.catalog.CatalogChanges;
import io.millrace.broker.catalog.CatalogChanges.MorePartitions;
import io.millrace.broker.catalog.Outcome;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Messages;
import io.millrace.model.ErrorKind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.requests.CreatePartitionsRequest;
import org.apache.kafka.common.requests.CreatePartitionsResponse;

/// CreatePartitions (key 37).
final class HandleCreatePartitions implements Handler<CreatePartitionsRequest> {
    private final CatalogChanges changes;

    HandleCreatePartitions(CatalogChanges changes) {
        this.changes = changes;
    }

    @Override
    public void handle(CreatePartitionsRequest request, RequestContext context, Reply reply) {
        CreatePartitionsResponseData data = new CreatePartitionsResponseData();
        List<MorePartitions> wanted = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        for (CreatePartitionsTopic topic : request.data().topics()) {
            if (seen.add(topic.name())) {
                wanted.add(new MorePartitions(topic.name(), topic.count(), assignment(topic)));
            } else {
                data.results()
                        .add(answer(topic.name(), Outcome.refused(ErrorKind.INVALID_REQUEST, "Duplicate topic name.")));
            }
        }
        if (wanted.isEmpty()) {
            reply.send(new CreatePartitionsResponse(data));
            return;
        }
        changes.createPartitions(wanted, request.data().validateOnly(), outcomes -> {
            for (int i = 0; i < outcomes.size(); i++) {
                data.results().add(answer(wanted.get(i).topic(), outcomes.get(i)));
            }
            reply.send(new CreatePartitionsResponse(data));
        });
    }

    private static List<List<Integer>> assignment(CreatePartitionsTopic topic) {
        List<CreatePartitionsAssignment> assignments = topic.assignments();
        return assignments == null
                ? List.of()
                : assignments.stream()
                        .map(CreatePartitionsAssignment::brokerIds)
                        .toList();
    }

    private static CreatePartitionsTopicResult answer(String topic, Outcome outcome) {
        return new CreatePartitionsTopicResult()
                .setName(topic)
                .setErrorCode(ErrorCodes.code(outcome.error()))
                .setErrorMessage(Messages.of(outcome));
    }
}
