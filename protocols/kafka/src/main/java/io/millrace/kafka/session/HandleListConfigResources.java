package io.millrace.kafka.session;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.CatalogChanges;
import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.TopicView;
import io.millrace.kafka.mapping.Configs;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListConfigResourcesRequest;
import org.apache.kafka.common.requests.ListConfigResourcesResponse;

/// ListConfigResources (key 74, KIP-1142). Version 0 knew client metrics only.
final class HandleListConfigResources implements Handler<ListConfigResourcesRequest> {
    private final CatalogSource catalog;
    private final CatalogChanges changes;

    HandleListConfigResources(CatalogSource catalog, CatalogChanges changes) {
        this.catalog = catalog;
        this.changes = changes;
    }

    @Override
    public void handle(ListConfigResourcesRequest request, RequestContext context, Reply reply) {
        ListConfigResourcesResponseData data = new ListConfigResourcesResponseData();
        if (context.apiVersion() == 0) {
            add(data, ConfigResource.Kind.CLIENT_METRICS);
            reply.send(new ListConfigResourcesResponse(data));
            return;
        }
        Set<ConfigResource.Kind> kinds = new LinkedHashSet<>();
        for (byte type : request.data().resourceTypes()) {
            Optional<ConfigResource.Kind> kind = Configs.kind(type);
            if (kind.isEmpty()) {
                data.setErrorCode(Errors.UNSUPPORTED_VERSION.code());
                reply.send(new ListConfigResourcesResponse(data));
                return;
            }
            kinds.add(kind.get());
        }
        if (kinds.isEmpty()) {
            kinds.addAll(List.of(ConfigResource.Kind.values()));
        }
        kinds.forEach(kind -> add(data, kind));
        reply.send(new ListConfigResourcesResponse(data));
    }

    private void add(ListConfigResourcesResponseData data, ConfigResource.Kind kind) {
        for (String name : names(kind)) {
            data.configResources()
                    .add(new ListConfigResourcesResponseData.ConfigResource()
                            .setResourceType(Configs.code(kind))
                            .setResourceName(name));
        }
    }

    private List<String> names(ConfigResource.Kind kind) {
        Catalog now = catalog.current();
        return switch (kind) {
            case TOPIC -> now.topics().stream().map(TopicView::name).toList();
            case NODE, NODE_LOGGER ->
                now.nodes().stream().map(node -> Integer.toString(node.id())).toList();
            case GROUP, CLIENT_METRICS ->
                changes.configResources(kind).stream().map(ConfigResource::name).toList();
        };
    }
}
