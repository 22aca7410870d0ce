package io.millrace.kafka.session;

import io.millrace.broker.group.DescribeGroup;
import io.millrace.broker.group.DescribeGroup.DescribedMember;
import io.millrace.broker.group.Groups;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Operations;
import io.millrace.model.ErrorKind;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroupMember;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.DescribeGroupsResponse;

/// DescribeGroups (key 15). v3 authorised operations (KIP-430), v4 static names; a missing group is `Dead` without an
/// error until v5 and GROUP_ID_NOT_FOUND from v6 (KIP-1043).
final class HandleDescribeGroups implements Handler<DescribeGroupsRequest> {
    private static final int NOT_FOUND_VERSION = 6;

    private final Groups groups;

    HandleDescribeGroups(Groups groups) {
        this.groups = groups;
    }

    @Override
    public void handle(DescribeGroupsRequest request, RequestContext context, Reply reply) {
        boolean withOperations = request.data().includeAuthorizedOperations();
        boolean saysNotFound = context.apiVersion() >= NOT_FOUND_VERSION;
        List<DescribedGroup> answers = new ArrayList<>(request.data().groups().size());
        Gather gather = new Gather(
                () -> reply.send(new DescribeGroupsResponse(new DescribeGroupsResponseData().setGroups(answers))));
        for (String groupId : request.data().groups()) {
            DescribedGroup answer = new DescribedGroup().setGroupId(groupId);
            answers.add(answer);
            gather.expectOne();
            groups.submit(new DescribeGroup(groupId), found -> {
                fill(answer, found, saysNotFound);
                if (withOperations && found.error() == ErrorKind.NONE) {
                    answer.setAuthorizedOperations(Operations.GROUP);
                }
                gather.oneDone();
            });
        }
        gather.allAsked();
    }

    private static void fill(DescribedGroup answer, DescribeGroup.Reply found, boolean saysNotFound) {
        boolean missing = found.error() == ErrorKind.GROUP_NOT_FOUND;
        if (!missing || saysNotFound) {
            answer.setErrorCode(ErrorCodes.code(found.error()));
        }
        if (missing && saysNotFound) {
            answer.setErrorMessage("Group " + answer.groupId() + " not found.");
        }
        boolean answered = missing || found.error() == ErrorKind.NONE;
        answer.setGroupState(answered ? found.state().label() : "")
                .setProtocolType(found.protocolType())
                .setProtocolData(found.protocol())
                .setMembers(found.members().stream()
                        .map(HandleDescribeGroups::member)
                        .toList());
    }

    private static DescribedGroupMember member(DescribedMember member) {
        return new DescribedGroupMember()
                .setMemberId(member.memberId())
                .setGroupInstanceId(member.instanceId())
                .setClientId(member.clientId())
                .setClientHost(member.clientHost())
                .setMemberMetadata(member.metadata().bytes())
                .setMemberAssignment(member.assignment().bytes());
    }
}
