package io.millrace.kafka.session;

import io.millrace.broker.catalog.CatalogChanges;
import io.millrace.broker.catalog.ConfigEntry;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.Outcome;
import io.millrace.kafka.mapping.Configs;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Messages;
import io.millrace.kafka.mapping.TopicNames;
import io.millrace.model.ErrorKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeConfigsResponse;

/// DescribeConfigs (key 32): settings with source, synonyms and documentation. User interfaces print all of it.
final class HandleDescribeConfigs implements Handler<DescribeConfigsRequest> {
    private final CatalogChanges changes;
    private final int nodeId;

    HandleDescribeConfigs(CatalogChanges changes, int nodeId) {
        this.changes = changes;
        this.nodeId = nodeId;
    }

    @Override
    public void handle(DescribeConfigsRequest request, RequestContext context, Reply reply) {
        DescribeConfigsResponseData data = new DescribeConfigsResponseData();
        for (DescribeConfigsResource resource : request.data().resources()) {
            data.results().add(describe(resource, request.data()));
        }
        reply.send(new DescribeConfigsResponse(data));
    }

    private DescribeConfigsResult describe(DescribeConfigsResource asked, DescribeConfigsRequestData request) {
        DescribeConfigsResult result = new DescribeConfigsResult()
                .setResourceType(asked.resourceType())
                .setResourceName(asked.resourceName());
        Optional<ConfigResource.Kind> kind = Configs.kind(asked.resourceType());
        Outcome refusal = kind.map(k -> complaint(k, asked.resourceName()))
                .orElseGet(() -> Outcome.refused(ErrorKind.INVALID_REQUEST, "Unsupported resource type."));
        if (!refusal.isOk()) {
            return refuse(result, refusal);
        }
        ConfigResource resource = new ConfigResource(kind.orElseThrow(), asked.resourceName());
        Optional<List<ConfigEntry>> entries = changes.describeConfigs(resource, asked.configurationKeys());
        if (entries.isEmpty()) {
            return refuse(result, missing(resource));
        }
        List<DescribeConfigsResourceResult> configs =
                new ArrayList<>(entries.get().size());
        for (ConfigEntry entry : entries.get()) {
            configs.add(show(entry, request));
        }
        return result.setConfigs(configs);
    }

    private Outcome complaint(ConfigResource.Kind kind, String name) {
        return switch (kind) {
            case TOPIC ->
                TopicNames.isValid(name)
                        ? Outcome.OK
                        : Outcome.refused(ErrorKind.INVALID_TOPIC, TopicNames.complaint(name));
            case NODE, NODE_LOGGER ->
                name.equals(Integer.toString(nodeId)) || (kind == ConfigResource.Kind.NODE && name.isEmpty())
                        ? Outcome.OK
                        : Outcome.refused(
                                ErrorKind.INVALID_REQUEST, "This is broker " + nodeId + ", not " + name + ".");
            case GROUP ->
                name.isEmpty()
                        ? Outcome.refused(ErrorKind.INVALID_REQUEST, "Group name must not be empty.")
                        : Outcome.OK;
            case CLIENT_METRICS ->
                name.isEmpty()
                        ? Outcome.refused(ErrorKind.INVALID_REQUEST, "Client metrics name must not be empty.")
                        : Outcome.OK;
        };
    }

    private static Outcome missing(ConfigResource resource) {
        return resource.kind() == ConfigResource.Kind.TOPIC
                ? Outcome.refused(ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, "")
                : Outcome.refused(ErrorKind.INVALID_REQUEST, "There are no such settings here.");
    }

    private static DescribeConfigsResult refuse(DescribeConfigsResult result, Outcome outcome) {
        return result.setErrorCode(ErrorCodes.code(outcome.error())).setErrorMessage(Messages.of(outcome));
    }

    private static DescribeConfigsResourceResult show(ConfigEntry entry, DescribeConfigsRequestData request) {
        DescribeConfigsResourceResult shown = new DescribeConfigsResourceResult()
                .setName(entry.name())
                .setValue(entry.sensitive() ? null : entry.value())
                .setReadOnly(entry.readOnly())
                .setConfigSource(Configs.code(entry.source()))
                .setIsSensitive(entry.sensitive())
                .setConfigType(Configs.code(entry.type()));
        if (request.includeDocumentation()) {
            shown.setDocumentation(entry.documentation());
        }
        if (request.includeSynonyms()) {
            for (ConfigEntry.Synonym synonym : entry.synonyms()) {
                shown.synonyms()
                        .add(new DescribeConfigsSynonym()
                                .setName(synonym.name())
                                .setValue(entry.sensitive() ? null : synonym.value())
                                .setSource(Configs.code(synonym.source())));
            }
        }
        return shown;
    }
}
