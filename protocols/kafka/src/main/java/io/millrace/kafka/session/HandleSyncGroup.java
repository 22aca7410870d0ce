package io.millrace.kafka.session;

import io.millrace.broker.group.Groups;
import io.millrace.broker.group.Opaque;
import io.millrace.broker.group.SyncGroup;
import io.millrace.kafka.mapping.ErrorCodes;
import java.util.List;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.SyncGroupResponse;

/// SyncGroup (key 14). v3 static members (KIP-345), v5 protocol type and name, which must then be there (KIP-559).
final class HandleSyncGroup implements Handler<SyncGroupRequest> {
    private static final int PROTOCOL_NAMED_VERSION = 5;

    private final Groups groups;

    HandleSyncGroup(Groups groups) {
        this.groups = groups;
    }

    @Override
    public void handle(SyncGroupRequest request, RequestContext context, Reply reply) {
        SyncGroupRequestData data = request.data();
        boolean mustName = context.apiVersion() >= PROTOCOL_NAMED_VERSION;
        if (mustName && (data.protocolType() == null || data.protocolName() == null)) {
            reply.send(new SyncGroupResponse(
                    new SyncGroupResponseData().setErrorCode(Errors.INCONSISTENT_GROUP_PROTOCOL.code())));
            return;
        }
        groups.submit(toCommand(data), synced -> reply.send(new SyncGroupResponse(toData(synced))));
    }

    private static SyncGroup toCommand(SyncGroupRequestData data) {
        List<SyncGroup.Assignment> assignments = data.assignments().stream()
                .map(one -> new SyncGroup.Assignment(one.memberId(), new Opaque(one.assignment())))
                .toList();
        return new SyncGroup(
                data.groupId(),
                data.memberId(),
                data.groupInstanceId(),
                data.generationId(),
                data.protocolType(),
                data.protocolName(),
                assignments);
    }

    private static SyncGroupResponseData toData(SyncGroup.Reply reply) {
        return new SyncGroupResponseData()
                .setErrorCode(ErrorCodes.code(reply.error()))
                .setProtocolType(reply.protocolType())
                .setProtocolName(reply.protocol())
                .setAssignment(reply.assignment().bytes());
    }
}
