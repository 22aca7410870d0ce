package io.millrace.kafka.session;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.FeatureRange;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;

/// ApiVersions (key 18): what we speak. An unknown version gets error 35 in the layout of version 0 with the full list
/// (KIP-35, KIP-511); version 5 lets the client check that it reached the cluster and node it meant (KIP-1242).
///
/// Features are told truthfully: a feature that is not finalised here is not named, so that no client picks a protocol
/// we lack.
final class HandleApiVersions implements Handler<ApiVersionsRequest> {
    private static final int CLUSTER_CHECK_VERSION = 5;

    private final List<Api<?>> offered;
    private final CatalogSource catalog;
    private final int nodeId;

    /// @param offered all APIs, this one included; read when a request comes, so the list may be completed later
    HandleApiVersions(List<Api<?>> offered, CatalogSource catalog, int nodeId) {
        this.offered = offered;
        this.catalog = catalog;
        this.nodeId = nodeId;
    }

    @Override
    public void handle(ApiVersionsRequest request, RequestContext context, Reply reply) {
        reply.send(new ApiVersionsResponse(answer(request, context.apiVersion())));
    }

    private ApiVersionsResponseData answer(ApiVersionsRequest request, short version) {
        if (request.hasUnsupportedRequestVersion()) {
            return offer().setErrorCode(Errors.UNSUPPORTED_VERSION.code());
        }
        if (!request.isValid()) {
            return error(Errors.INVALID_REQUEST);
        }
        if (version >= CLUSTER_CHECK_VERSION && meansAnother(request.data())) {
            return error(Errors.REBOOTSTRAP_REQUIRED);
        }
        return withFeatures(offer(), catalog.current());
    }

    private boolean meansAnother(ApiVersionsRequestData asked) {
        boolean otherCluster = asked.clusterId() != null
                && !asked.clusterId().equals(catalog.current().clusterId());
        boolean otherNode = asked.nodeId() >= 0 && asked.nodeId() != nodeId;
        return otherCluster || otherNode;
    }

    private ApiVersionsResponseData offer() {
        ApiVersionsResponseData data = new ApiVersionsResponseData();
        for (Api<?> api : offered) {
            data.apiKeys()
                    .add(new ApiVersion()
                            .setApiKey(api.key().id)
                            .setMinVersion(api.advertisedFrom())
                            .setMaxVersion(api.servedTo()));
        }
        return data;
    }

    private static ApiVersionsResponseData error(Errors error) {
        return new ApiVersionsResponseData().setErrorCode(error.code());
    }

    /// Clients choose by what is finalised how they talk; what is supported says how far it can be raised.
    private static ApiVersionsResponseData withFeatures(ApiVersionsResponseData data, Catalog catalog) {
        Map<String, FeatureRange> supported = new TreeMap<>(catalog.supportedFeatures());
        for (Map.Entry<String, Integer> feature : catalog.features().entrySet()) {
            short level = feature.getValue().shortValue();
            if (level > 0) {
                supported.putIfAbsent(feature.getKey(), new FeatureRange(level, level));
                data.finalizedFeatures()
                        .add(new FinalizedFeatureKey()
                                .setName(feature.getKey())
                                .setMinVersionLevel(level)
                                .setMaxVersionLevel(level));
            }
        }
        supported.forEach((feature, range) -> data.supportedFeatures()
                .add(new SupportedFeatureKey()
                        .setName(feature)
                        .setMinVersion((short) range.min())
                        .setMaxVersion((short) range.max())));
        return data.setFinalizedFeaturesEpoch(catalog.featuresEpoch());
    }
}
