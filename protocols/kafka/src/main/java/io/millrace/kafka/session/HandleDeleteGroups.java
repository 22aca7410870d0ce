package io.millrace.kafka.session;

import io.millrace.broker.group.DeleteGroup;
import io.millrace.broker.group.Groups;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.model.ErrorKind;
import java.util.LinkedHashSet;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.requests.DeleteGroupsRequest;
import org.apache.kafka.common.requests.DeleteGroupsResponse;

/// DeleteGroups (key 42, KIP-229). v3 a message for each group.
final class HandleDeleteGroups implements Handler<DeleteGroupsRequest> {
    private static final int MESSAGE_VERSION = 3;

    private final Groups groups;

    HandleDeleteGroups(Groups groups) {
        this.groups = groups;
    }

    @Override
    public void handle(DeleteGroupsRequest request, RequestContext context, Reply reply) {
        DeleteGroupsResponseData data = new DeleteGroupsResponseData();
        boolean withMessage = context.apiVersion() >= MESSAGE_VERSION;
        Gather gather = new Gather(() -> reply.send(new DeleteGroupsResponse(data)));
        for (String groupId : new LinkedHashSet<>(request.data().groupsNames())) {
            DeletableGroupResult answer = new DeletableGroupResult().setGroupId(groupId);
            data.results().add(answer);
            gather.expectOne();
            groups.submit(new DeleteGroup(groupId), error -> {
                answer.setErrorCode(ErrorCodes.code(error));
                if (withMessage && error != ErrorKind.NONE) {
                    answer.setErrorMessage(ErrorCodes.of(error).message());
                }
                gather.oneDone();
            });
        }
        gather.allAsked();
    }
}
