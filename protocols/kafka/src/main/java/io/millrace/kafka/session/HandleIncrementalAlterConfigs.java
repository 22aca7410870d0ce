package io.millrace.kafka.session;

import io.millrace.broker.catalog.CatalogChanges;
import io.millrace.broker.catalog.CatalogChanges.ConfigChange;
import io.millrace.broker.catalog.CatalogChanges.Operation;
import io.millrace.broker.catalog.Outcome;
import io.millrace.kafka.mapping.Configs;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Messages;
import io.millrace.model.ErrorKind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;
import org.apache.kafka.common.requests.IncrementalAlterConfigsResponse;

/// IncrementalAlterConfigs (key 44, KIP-339).
final class HandleIncrementalAlterConfigs implements Handler<IncrementalAlterConfigsRequest> {
    private final CatalogChanges changes;

    HandleIncrementalAlterConfigs(CatalogChanges changes) {
        this.changes = changes;
    }

    @Override
    public void handle(IncrementalAlterConfigsRequest request, RequestContext context, Reply reply) {
        ConfigAlteration alteration = new ConfigAlteration();
        for (AlterConfigsResource resource : request.data().resources()) {
            List<ConfigChange> wanted = new ArrayList<>();
            Outcome complaint = read(resource, wanted);
            alteration.add(resource.resourceType(), resource.resourceName(), false, wanted, complaint);
        }
        alteration.run(changes, request.data().validateOnly(), outcomes -> reply.send(answer(alteration, outcomes)));
    }

    private static Outcome read(AlterConfigsResource resource, List<ConfigChange> wanted) {
        Set<String> names = new LinkedHashSet<>();
        for (AlterableConfig config : resource.configs()) {
            Optional<Operation> operation = Configs.operation(config.configOperation());
            if (operation.isEmpty()) {
                return refuse("Unknown operation " + config.configOperation() + " for: " + config.name());
            }
            if (config.value() == null && operation.get() != Operation.DELETE) {
                return refuse("Null value not supported for: " + config.name());
            }
            if (!names.add(config.name())) {
                return refuse("Named more than once: " + config.name());
            }
            wanted.add(new ConfigChange(config.name(), operation.get(), config.value()));
        }
        return Outcome.OK;
    }

    private static Outcome refuse(String why) {
        return Outcome.refused(ErrorKind.INVALID_REQUEST, why);
    }

    private static IncrementalAlterConfigsResponse answer(ConfigAlteration alteration, List<Outcome> outcomes) {
        IncrementalAlterConfigsResponseData data = new IncrementalAlterConfigsResponseData();
        for (int i = 0; i < outcomes.size(); i++) {
            ConfigAlteration.Named resource = alteration.resources().get(i);
            data.responses()
                    .add(new AlterConfigsResourceResponse()
                            .setResourceType(resource.type())
                            .setResourceName(resource.name())
                            .setErrorCode(ErrorCodes.code(outcomes.get(i).error()))
                            .setErrorMessage(Messages.of(outcomes.get(i))));
        }
        return new IncrementalAlterConfigsResponse(data);
    }
}
