package io.millrace.kafka.session;

import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.ClusterChanges;
import io.millrace.broker.catalog.ClusterChanges.Voter;
import io.millrace.broker.catalog.NodeView;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Messages;
import io.millrace.kafka.mapping.Uuids;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AddRaftVoterResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AddRaftVoterRequest;
import org.apache.kafka.common.requests.AddRaftVoterResponse;
import org.jspecify.annotations.Nullable;

/// AddRaftVoter (key 80, KIP-853): makes a node that follows the metadata log a voter.
final class HandleAddRaftVoter implements Handler<AddRaftVoterRequest> {
    private final CatalogSource catalog;
    private final ClusterChanges cluster;

    HandleAddRaftVoter(CatalogSource catalog, ClusterChanges cluster) {
        this.catalog = catalog;
        this.cluster = cluster;
    }

    @Override
    public void handle(AddRaftVoterRequest request, RequestContext context, Reply reply) {
        AddRaftVoterRequestData data = request.data();
        if (meansAnother(data.clusterId(), catalog)) {
            Errors error = Errors.INCONSISTENT_CLUSTER_ID;
            reply.send(new AddRaftVoterResponse(
                    new AddRaftVoterResponseData().setErrorCode(error.code()).setErrorMessage(error.message())));
            return;
        }
        List<NodeView.Endpoint> endpoints = data.listeners().stream()
                .map(listener -> new NodeView.Endpoint(
                        listener.name().toLowerCase(Locale.ROOT), listener.host(), listener.port()))
                .toList();
        cluster.addVoter(
                new Voter(data.voterId(), Uuids.topicId(data.voterDirectoryId()), endpoints),
                outcome -> reply.send(new AddRaftVoterResponse(new AddRaftVoterResponseData()
                        .setErrorCode(ErrorCodes.code(outcome.error()))
                        .setErrorMessage(Messages.of(outcome)))));
    }

    /// Whether a request names a cluster, and not this one.
    static boolean meansAnother(@Nullable String clusterId, CatalogSource catalog) {
        return clusterId != null && !clusterId.equals(catalog.current().clusterId());
    }
}
