package io.millrace.kafka.session;

import io.millrace.broker.group.Groups;
import io.millrace.broker.group.Heartbeat;
import io.millrace.kafka.mapping.ErrorCodes;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;

/// Heartbeat (key 12). v3 static members (KIP-345).
final class HandleHeartbeat implements Handler<HeartbeatRequest> {
    private final Groups groups;

    HandleHeartbeat(Groups groups) {
        this.groups = groups;
    }

    @Override
    public void handle(HeartbeatRequest request, RequestContext context, Reply reply) {
        HeartbeatRequestData data = request.data();
        groups.submit(
                new Heartbeat(data.groupId(), data.memberId(), data.groupInstanceId(), data.generationId()),
                error -> reply.send(
                        new HeartbeatResponse(new HeartbeatResponseData().setErrorCode(ErrorCodes.code(error)))));
    }
}
