package io.millrace.kafka.session;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.NodeView;
import io.millrace.kafka.mapping.Nodes;
import io.millrace.kafka.mapping.Operations;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeClusterRequest;
import org.apache.kafka.common.requests.DescribeClusterResponse;

/// DescribeCluster (key 60). Who asks for controllers is told that this is a broker's listener (KIP-919).
final class HandleDescribeCluster implements Handler<DescribeClusterRequest> {
    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;

    private final CatalogSource catalog;

    HandleDescribeCluster(CatalogSource catalog) {
        this.catalog = catalog;
    }

    @Override
    public void handle(DescribeClusterRequest request, RequestContext context, Reply reply) {
        DescribeClusterRequestData asked = request.data();
        DescribeClusterResponseData data =
                asked.endpointType() == BROKERS ? describe(asked, context.listener()) : refuse(asked.endpointType());
        reply.send(new DescribeClusterResponse(data));
    }

    private static DescribeClusterResponseData refuse(byte type) {
        Errors error = type == CONTROLLERS ? Errors.MISMATCHED_ENDPOINT_TYPE : Errors.UNSUPPORTED_ENDPOINT_TYPE;
        return new DescribeClusterResponseData()
                .setErrorCode(error.code())
                .setErrorMessage("This listener describes brokers (endpoint type 1).");
    }

    private DescribeClusterResponseData describe(DescribeClusterRequestData asked, String listener) {
        Catalog now = catalog.current();
        DescribeClusterResponseData data = new DescribeClusterResponseData()
                .setEndpointType(BROKERS)
                .setClusterId(now.clusterId())
                .setControllerId(now.controllerId());
        if (asked.includeClusterAuthorizedOperations()) {
            data.setClusterAuthorizedOperations(Operations.CLUSTER);
        }
        for (NodeView node : now.nodes()) {
            if (!node.fenced() || asked.includeFencedBrokers()) {
                Nodes.endpoint(node, listener)
                        .ifPresent(endpoint -> data.brokers()
                                .add(new DescribeClusterBroker()
                                        .setBrokerId(node.id())
                                        .setHost(endpoint.host())
                                        .setPort(endpoint.port())
                                        .setRack(Nodes.rack(node))
                                        .setIsFenced(node.fenced())));
            }
        }
        return data;
    }
}
