package io.millrace.kafka.session;

import io.millrace.broker.group.Groups;
import io.millrace.broker.group.ListGroups;
import io.millrace.kafka.mapping.ErrorCodes;
import java.util.LinkedHashSet;
import java.util.List;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.apache.kafka.common.requests.ListGroupsResponse;

/// ListGroups (key 16). v4 filter by state (KIP-518), v5 by type (KIP-848).
final class HandleListGroups implements Handler<ListGroupsRequest> {
    private final Groups groups;

    HandleListGroups(Groups groups) {
        this.groups = groups;
    }

    @Override
    public void handle(ListGroupsRequest request, RequestContext context, Reply reply) {
        ListGroupsRequestData data = request.data();
        ListGroups query =
                new ListGroups(new LinkedHashSet<>(data.statesFilter()), new LinkedHashSet<>(data.typesFilter()));
        groups.list(query, found -> reply.send(new ListGroupsResponse(toData(found))));
    }

    private static ListGroupsResponseData toData(ListGroups.Reply found) {
        List<ListedGroup> listed = found.groups().stream()
                .map(group -> new ListedGroup()
                        .setGroupId(group.groupId())
                        .setProtocolType(group.protocolType())
                        .setGroupState(group.state().label())
                        .setGroupType(ListGroups.CLASSIC))
                .toList();
        return new ListGroupsResponseData()
                .setErrorCode(ErrorCodes.code(found.error()))
                .setGroups(listed);
    }
}
