package io.millrace.kafka.session;

import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.ClusterChanges;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Messages;
import io.millrace.kafka.mapping.Uuids;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RemoveRaftVoterRequest;
import org.apache.kafka.common.requests.RemoveRaftVoterResponse;

/// RemoveRaftVoter (key 81, KIP-853): a voter goes on to follow the metadata log without a vote.
final class HandleRemoveRaftVoter implements Handler<RemoveRaftVoterRequest> {
    private final CatalogSource catalog;
    private final ClusterChanges cluster;

    HandleRemoveRaftVoter(CatalogSource catalog, ClusterChanges cluster) {
        this.catalog = catalog;
        this.cluster = cluster;
    }

    @Override
    public void handle(RemoveRaftVoterRequest request, RequestContext context, Reply reply) {
        RemoveRaftVoterRequestData data = request.data();
        if (HandleAddRaftVoter.meansAnother(data.clusterId(), catalog)) {
            Errors error = Errors.INCONSISTENT_CLUSTER_ID;
            reply.send(new RemoveRaftVoterResponse(
                    new RemoveRaftVoterResponseData().setErrorCode(error.code()).setErrorMessage(error.message())));
            return;
        }
        cluster.removeVoter(
                data.voterId(),
                Uuids.topicId(data.voterDirectoryId()),
                outcome -> reply.send(new RemoveRaftVoterResponse(new RemoveRaftVoterResponseData()
                        .setErrorCode(ErrorCodes.code(outcome.error()))
                        .setErrorMessage(Messages.of(outcome)))));
    }
}
