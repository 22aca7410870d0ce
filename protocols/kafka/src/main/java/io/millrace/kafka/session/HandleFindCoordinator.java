package io.millrace.kafka.session;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.group.Groups;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Nodes;
import io.millrace.model.ErrorKind;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.apache.kafka.common.requests.FindCoordinatorResponse;

/// FindCoordinator (key 10): which node to talk to about a group; many groups at once from v4 (KIP-699).
final class HandleFindCoordinator implements Handler<FindCoordinatorRequest> {
    private static final Errors NOT_SERVED = Errors.INVALID_REQUEST;

    private final Groups groups;
    private final CatalogSource catalog;

    HandleFindCoordinator(Groups groups, CatalogSource catalog) {
        this.groups = groups;
        this.catalog = catalog;
    }

    @Override
    public void handle(FindCoordinatorRequest request, RequestContext context, Reply reply) {
        boolean batched = context.apiVersion() >= FindCoordinatorRequest.MIN_BATCHED_VERSION;
        List<String> keys = batched
                ? request.data().coordinatorKeys()
                : List.of(request.data().key());
        List<Coordinator> answers =
                keys.stream().map(key -> new Coordinator().setKey(key)).toList();
        Runnable done = () -> reply.send(batched ? together(answers) : alone(answers.get(0)));
        if (request.data().keyType() != CoordinatorType.GROUP.id()) {
            answers.forEach(answer -> refuse(answer, NOT_SERVED, "This broker coordinates consumer groups only."));
            done.run();
        } else if (answers.isEmpty()) {
            done.run();
        } else {
            // The first one alone, because it may have to create the offsets topic.
            find(answers.get(0), context, () -> findRest(answers.subList(1, answers.size()), context, done));
        }
    }

    private void findRest(List<Coordinator> answers, RequestContext context, Runnable done) {
        Gather gather = new Gather(done);
        for (Coordinator answer : answers) {
            gather.expectOne();
            find(answer, context, gather::oneDone);
        }
        gather.allAsked();
    }

    private void find(Coordinator answer, RequestContext context, Runnable done) {
        groups.findCoordinator(answer.key(), found -> {
            fill(answer, found, context.listener());
            done.run();
        });
    }

    private void fill(Coordinator answer, Groups.Coordinator found, String listener) {
        if (found.error() != ErrorKind.NONE) {
            refuse(
                    answer,
                    ErrorCodes.of(found.error()),
                    ErrorCodes.of(found.error()).message());
            return;
        }
        Catalog current = catalog.current();
        Optional<NodeView.Endpoint> endpoint =
                Nodes.find(current, found.nodeId()).flatMap(node -> Nodes.endpoint(node, listener));
        if (endpoint.isEmpty()) {
            Errors error = Errors.COORDINATOR_NOT_AVAILABLE;
            refuse(answer, error, error.message());
            return;
        }
        answer.setNodeId(found.nodeId())
                .setHost(endpoint.get().host())
                .setPort(endpoint.get().port())
                .setErrorMessage("");
    }

    private static void refuse(Coordinator answer, Errors error, String message) {
        answer.setNodeId(-1).setHost("").setPort(-1).setErrorCode(error.code()).setErrorMessage(message);
    }

    private static FindCoordinatorResponse together(List<Coordinator> answers) {
        return new FindCoordinatorResponse(new FindCoordinatorResponseData().setCoordinators(answers));
    }

    private static FindCoordinatorResponse alone(Coordinator answer) {
        return new FindCoordinatorResponse(new FindCoordinatorResponseData()
                .setErrorCode(answer.errorCode())
                .setErrorMessage(answer.errorMessage())
                .setNodeId(answer.nodeId())
                .setHost(answer.host())
                .setPort(answer.port()));
    }
}
