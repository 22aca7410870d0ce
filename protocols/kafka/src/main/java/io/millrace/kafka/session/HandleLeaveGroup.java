package io.millrace.kafka.session;

import io.millrace.broker.group.Groups;
import io.millrace.broker.group.LeaveGroup;
import io.millrace.broker.group.LeaveGroup.Leaver;
import io.millrace.kafka.mapping.ErrorCodes;
import java.util.List;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;

/// LeaveGroup (key 13). v3 many members, static ones by name (KIP-345), v5 reasons (KIP-800). Before v3 the one
/// member's error is the answer's; kafka-clients folds both shapes into one.
final class HandleLeaveGroup implements Handler<LeaveGroupRequest> {
    private final Groups groups;

    HandleLeaveGroup(Groups groups) {
        this.groups = groups;
    }

    @Override
    public void handle(LeaveGroupRequest request, RequestContext context, Reply reply) {
        short version = context.apiVersion();
        List<Leaver> leavers =
                request.members().stream().map(HandleLeaveGroup::leaver).toList();
        groups.submit(
                new LeaveGroup(request.data().groupId(), leavers),
                left -> reply.send(new LeaveGroupResponse(members(left), ErrorCodes.of(left.error()), 0, version)));
    }

    private static Leaver leaver(MemberIdentity member) {
        String reason = member.reason() == null ? "not provided" : member.reason();
        return new Leaver(member.memberId(), member.groupInstanceId(), reason);
    }

    private static List<MemberResponse> members(LeaveGroup.Reply reply) {
        return reply.members().stream()
                .map(left -> new MemberResponse()
                        .setMemberId(left.memberId())
                        .setGroupInstanceId(left.instanceId())
                        .setErrorCode(ErrorCodes.code(left.error())))
                .toList();
    }
}
