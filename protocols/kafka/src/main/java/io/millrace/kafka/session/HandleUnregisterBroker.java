package io.millrace.kafka.session;

import io.millrace.broker.catalog.ClusterChanges;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Messages;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;
import org.apache.kafka.common.requests.UnregisterBrokerRequest;
import org.apache.kafka.common.requests.UnregisterBrokerResponse;

/// UnregisterBroker (key 64, KIP-500): forgets a node that is gone for good.
final class HandleUnregisterBroker implements Handler<UnregisterBrokerRequest> {
    private final ClusterChanges cluster;

    HandleUnregisterBroker(ClusterChanges cluster) {
        this.cluster = cluster;
    }

    @Override
    public void handle(UnregisterBrokerRequest request, RequestContext context, Reply reply) {
        cluster.unregisterNode(
                request.data().brokerId(),
                outcome -> reply.send(new UnregisterBrokerResponse(new UnregisterBrokerResponseData()
                        .setErrorCode(ErrorCodes.code(outcome.error()))
                        .setErrorMessage(Messages.of(outcome)))));
    }
}
