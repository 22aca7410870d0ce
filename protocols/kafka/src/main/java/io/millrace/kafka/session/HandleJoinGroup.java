package io.millrace.kafka.session;

import io.millrace.broker.group.Groups;
import io.millrace.broker.group.JoinGroup;
import io.millrace.broker.group.Opaque;
import io.millrace.kafka.mapping.ErrorCodes;
import java.util.List;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;

/// JoinGroup (key 11). v1 rebalance timeout, v4 member id first (KIP-394), v5 static members (KIP-345), v8 reason
/// (KIP-800), v9 skip assignment (KIP-814).
final class HandleJoinGroup implements Handler<JoinGroupRequest> {
    private final Groups groups;

    HandleJoinGroup(Groups groups) {
        this.groups = groups;
    }

    @Override
    public void handle(JoinGroupRequest request, RequestContext context, Reply reply) {
        short version = context.apiVersion();
        groups.submit(
                toCommand(request.data(), context),
                joined -> reply.send(new JoinGroupResponse(toData(joined), version)));
    }

    private static JoinGroup toCommand(JoinGroupRequestData data, RequestContext context) {
        List<JoinGroup.Protocol> protocols = data.protocols().stream()
                .map(protocol -> new JoinGroup.Protocol(protocol.name(), new Opaque(protocol.metadata())))
                .toList();
        return new JoinGroup(
                data.groupId(),
                data.memberId(),
                data.groupInstanceId(),
                context.clientId(),
                // With the slash Java puts before an address without a host name: tools are used to it.
                "/" + context.clientAddress(),
                data.sessionTimeoutMs(),
                data.rebalanceTimeoutMs(),
                data.protocolType(),
                protocols,
                JoinGroupRequest.requiresKnownMemberId(context.apiVersion()),
                JoinGroupRequest.supportsSkippingAssignment(context.apiVersion()),
                JoinGroupRequest.joinReason(data));
    }

    private static JoinGroupResponseData toData(JoinGroup.Reply reply) {
        List<JoinGroupResponseMember> members = reply.members().stream()
                .map(member -> new JoinGroupResponseMember()
                        .setMemberId(member.memberId())
                        .setGroupInstanceId(member.instanceId())
                        .setMetadata(member.metadata().bytes()))
                .toList();
        return new JoinGroupResponseData()
                .setErrorCode(ErrorCodes.code(reply.error()))
                .setGenerationId(reply.generation())
                .setProtocolType(reply.protocolType())
                .setProtocolName(reply.protocol())
                .setLeader(reply.leader())
                .setSkipAssignment(reply.skipAssignment())
                .setMemberId(reply.memberId())
                .setMembers(members);
    }
}
